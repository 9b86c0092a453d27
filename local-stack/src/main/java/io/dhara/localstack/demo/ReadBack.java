package io.dhara.localstack.demo;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.v1.FeatureStatus;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Reads every key over gRPC and compares each value, status and event time with the oracle. */
final class ReadBack {
    private static final int KEYS_PER_REQUEST = 500;
    private static final int EXAMPLES = 10;

    /**
     * @param checkedKeys entity keys read
     * @param checkedValues feature values compared
     * @param mismatches keys of which something is not as it must be
     * @param examples some of these, in words
     */
    record Result(long checkedKeys, long checkedValues, long mismatches, List<String> examples) {}

    private final FeatureReads reads;
    private final SchemaSnapshot schemas;
    private final Oracle oracle;
    private final Clock clock;
    private final List<String> examples = new ArrayList<>();
    private long values;

    ReadBack(FeatureReads reads, SchemaSnapshot schemas, Oracle oracle, Clock clock) {
        this.reads = reads;
        this.schemas = schemas;
        this.oracle = oracle;
        this.clock = clock;
    }

    /**
     * @param progress told how many keys have been checked
     */
    Result run(LongConsumer progress) {
        Map<String, List<EntityKey>> byEntity = new LinkedHashMap<>();
        for (EntityKey key : oracle.keys()) {
            byEntity.computeIfAbsent(key.entity(), entity -> new ArrayList<>()).add(key);
        }
        long checked = 0;
        long wrong = 0;
        for (Map.Entry<String, List<EntityKey>> entity : byEntity.entrySet()) {
            List<EntityKey> keys = entity.getValue();
            for (int from = 0; from < keys.size(); from += KEYS_PER_REQUEST) {
                List<EntityKey> some =
                        keys.subList(from, Math.min(keys.size(), from + KEYS_PER_REQUEST));
                wrong += wrongKeys(entity.getKey(), some);
                checked += some.size();
                progress.accept(checked);
            }
        }
        return new Result(checked, values, wrong, List.copyOf(examples));
    }

    private int wrongKeys(String entity, List<EntityKey> keys) {
        EntitySchema schema = schemas.entity(entity);
        if (schema == null) {
            throw new IllegalStateException("the schemas lack entity " + entity);
        }
        Set<Integer> wrong = new HashSet<>();
        long before = clock.millis();
        List<PackedCells.Cell> cells =
                PackedCells.of(reads.read(entity, keys, schema.groups().keySet()));
        long after = clock.millis();
        for (PackedCells.Cell cell : cells) {
            values++;
            EntityKey key = keys.get(cell.row());
            String problem =
                    problem(cell, entity, oracle.expected(key, cell.group()), before, after);
            if (problem != null && wrong.add(cell.row()) && examples.size() < EXAMPLES) {
                examples.add(
                        "%s %s %s/%s: %s"
                                .formatted(
                                        entity,
                                        key.values(),
                                        cell.group(),
                                        cell.feature(),
                                        problem));
            }
        }
        return wrong.size();
    }

    /**
     * @param before clock before the read
     * @param after clock after it
     */
    private @Nullable String problem(
            PackedCells.Cell cell,
            String entity,
            Oracle.@Nullable Expected expected,
            long before,
            long after) {
        boolean gone =
                cell.status() == FeatureStatus.FEATURE_STATUS_MISSING
                        || cell.status() == FeatureStatus.FEATURE_STATUS_EXPIRED;
        if (expected == null) {
            return gone ? null : "nothing was written, but it reads " + cell.text();
        }
        long eventTime = expected.eventTimeMs();
        if (oracle.isExpired(entity, cell.group(), eventTime, before)) {
            return gone ? null : "its life has ended, but it reads " + cell.text();
        }
        if (gone && oracle.isExpired(entity, cell.group(), eventTime, after)) {
            return null; // its life ended while it was read
        }
        Object value = expected.values().get(cell.feature());
        if (value == null) { // the version it was written with has no such feature
            boolean older = expected.schemaVersion() != 0;
            boolean allowed =
                    older
                            ? cell.status() == FeatureStatus.FEATURE_STATUS_DEFAULT
                            : cell.status() == FeatureStatus.FEATURE_STATUS_PRESENT;
            return allowed ? null : "was not sent, but it reads " + cell.status();
        }
        if (cell.status() != FeatureStatus.FEATURE_STATUS_PRESENT) {
            return "must be %s, but it reads %s".formatted(value, cell.status());
        }
        if (!isSame(cell.type(), value, cell.value())) {
            return "must be %s, but it reads %s".formatted(value, cell.text());
        }
        if (cell.eventTimeMs() != expected.eventTimeMs()) {
            return "must have event time %d, but it has %d"
                    .formatted(expected.eventTimeMs(), cell.eventTimeMs());
        }
        return null;
    }

    /** Equal after what the type's width does to a number. */
    static boolean isSame(DataType type, Object sent, Object read) {
        if (sent instanceof List<?> sentElements && read instanceof List<?> readElements) {
            if (sentElements.size() != readElements.size()) {
                return false;
            }
            for (int i = 0; i < sentElements.size(); i++) {
                if (!isSame(type.scalar(), sentElements.get(i), readElements.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (type.kind() == DataType.Kind.FLOAT) {
            double expected = ((Number) sent).doubleValue();
            double seen = ((Number) read).doubleValue();
            return type == DataType.FP64 ? expected == seen : (float) expected == (float) seen;
        }
        return sent.equals(read);
    }
}
