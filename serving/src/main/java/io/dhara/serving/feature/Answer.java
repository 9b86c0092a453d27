package io.dhara.serving.feature;

import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.serving.feature.ReadPlan.Column;
import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.serving.feature.ReadPlan.Selection;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was read for the distinct keys of a request, told as cells at one instant. Freshness is
 * decided here and nowhere before, so a cached block expires at the same millisecond as a stored
 * one. Not thread-safe.
 */
final class Answer {
    private final ReadPlan plan;
    private final RequestedKeys keys;
    private final GroupRead[] reads;
    private final SchemaSnapshot newest;
    private final ValueStatus[] statuses;
    private final boolean[] corruptKeys;

    /**
     * @param reads {@code [keys.distinct()][plan.groups()]}, row-major
     * @param newest where versions that the plan's snapshot does not know are looked up
     * @param nowMillis the instant that decides what has expired, epoch milliseconds
     */
    Answer(
            ReadPlan plan,
            RequestedKeys keys,
            GroupRead[] reads,
            SchemaSnapshot newest,
            long nowMillis) {
        this.plan = plan;
        this.keys = keys;
        this.reads = reads;
        this.newest = newest;
        this.statuses = new ValueStatus[reads.length];
        this.corruptKeys = new boolean[keys.distinct().size()];
        int width = plan.groups().size();
        for (int i = 0; i < reads.length; i++) {
            statuses[i] = statusOf(plan.groups().get(i % width), reads[i], nowMillis);
        }
    }

    private ValueStatus statusOf(Group group, GroupRead read, long nowMillis) {
        return switch (read.outcome()) {
            case ABSENT -> ValueStatus.MISSING;
            case STORE_ERROR, LATE -> ValueStatus.STORE_ERROR;
            case CORRUPT -> ValueStatus.CORRUPT;
            case STORED -> {
                if (read.isExpired(group.schema(), nowMillis)) {
                    yield ValueStatus.EXPIRED;
                }
                yield versionOf(group.schema(), read) == null
                        ? ValueStatus.CORRUPT
                        : ValueStatus.PRESENT;
            }
        };
    }

    private @Nullable SchemaVersion versionOf(FeatureGroupSchema group, GroupRead read) {
        return BlockVersions.find(group, read.schemaVersion(), newest);
    }

    /**
     * @throws ServingException if stores were asked and not one of them answered for any key
     */
    void throwIfNothingWasRead() {
        int late = 0;
        for (GroupRead read : reads) {
            if (read.outcome() == GroupRead.Outcome.LATE) {
                late++;
            } else if (read.outcome() != GroupRead.Outcome.STORE_ERROR) {
                return;
            }
        }
        if (late > 0 && late == reads.length) {
            throw new ServingException(Kind.DEADLINE, "no store answered in time");
        }
        if (reads.length > 0) {
            throw new ServingException(Kind.UNAVAILABLE, "no store answered; try again");
        }
    }

    ReadPlan plan() {
        return plan;
    }

    RequestedKeys keys() {
        return keys;
    }

    GroupRead read(int key, Group group) {
        return reads[place(key, group)];
    }

    /** How one group of one distinct key ended; final once {@link #tell} has returned. */
    ValueStatus status(int key, Group group) {
        return statuses[place(key, group)];
    }

    /**
     * Whether a value of this distinct key did not decode; final once {@link #tell} has returned.
     */
    boolean isCorrupt(int key) {
        return corruptKeys[key];
    }

    private int place(int key, Group group) {
        return key * plan.groups().size() + group.index();
    }

    /**
     * Tells every cell of every distinct key, in column order. To be called once.
     *
     * @param block a view to work with
     */
    void tell(AnswerSink sink, PsdbBlock block) {
        for (int key = 0; key < corruptKeys.length; key++) {
            for (Selection selection : plan.selections()) {
                tell(key, selection, sink, block);
            }
            sink.endKey();
        }
    }

    private void tell(int key, Selection selection, AnswerSink sink, PsdbBlock block) {
        int place = place(key, selection.group());
        SchemaVersion version = null;
        if (statuses[place] == ValueStatus.PRESENT) {
            version = open(block, selection.group().schema(), reads[place]);
            if (version == null) {
                statuses[place] = ValueStatus.CORRUPT;
            }
        }
        List<Column> columns = selection.columns();
        if (version == null) {
            corruptKeys[key] |= statuses[place] == ValueStatus.CORRUPT;
            for (int i = 0; i < columns.size(); i++) {
                sink.fallback(columns.get(i), statuses[place]);
            }
            return;
        }
        int[] sequences = selection.sequencesIn(version);
        if (selection.isRun(sequences) && sink.presentRun(columns, block, sequences[0])) {
            return;
        }
        for (int i = 0; i < sequences.length; i++) {
            Column column = columns.get(i);
            if (sequences[i] < 0) {
                sink.fallback(column, ValueStatus.DEFAULT);
                continue;
            }
            try {
                sink.present(column, block, sequences[i], version.vectorLength(sequences[i]));
            } catch (PsdbFormatException e) {
                corruptKeys[key] = true;
                sink.fallback(column, ValueStatus.CORRUPT);
            }
        }
    }

    /** Opens the block, or gives null when it is none of this group. */
    private @Nullable SchemaVersion open(
            PsdbBlock block, FeatureGroupSchema group, GroupRead read) {
        SchemaVersion version = versionOf(group, read);
        if (version == null) {
            return null;
        }
        byte[] bytes = read.block();
        try {
            block.wrap(bytes, 0, bytes.length);
            if (block.dataType() != group.dataType()) {
                return null;
            }
            block.open(version);
            return version;
        } catch (PsdbFormatException e) {
            return null;
        }
    }
}
