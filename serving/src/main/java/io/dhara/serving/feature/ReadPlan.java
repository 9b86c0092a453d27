package io.dhara.serving.feature;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a request asks for, resolved against one schema snapshot: which groups to fetch from which
 * stores, and what each column of the answer is. Holds no keys, so requests of one shape share a
 * plan. Immutable but for a memo; thread-safe.
 *
 * @param snapshot the schemas it was resolved against
 * @param entity entity of the keys
 * @param groups groups to fetch, each once, whatever the number of selections that use it
 * @param selections the groups of the request, in its order
 * @param stores the groups split by the store they live in
 * @param columns of the answer, all selections one after another
 */
record ReadPlan(
        SchemaSnapshot snapshot,
        EntitySchema entity,
        List<Group> groups,
        List<Selection> selections,
        List<StoreRead> stores,
        List<Column> columns) {

    ReadPlan {
        groups = List.copyOf(groups);
        selections = List.copyOf(selections);
        stores = List.copyOf(stores);
        columns = List.copyOf(columns);
    }

    /**
     * A group to fetch.
     *
     * @param index place in {@link ReadPlan#groups()}
     * @param inMemory may be held in this process
     * @param distributed may be held in the distributed cache
     */
    record Group(int index, FeatureGroupSchema schema, boolean inMemory, boolean distributed) {}

    /** Groups of one store, read together. */
    record StoreRead(StoreConfig store, List<Group> groups) {
        StoreRead {
            groups = List.copyOf(groups);
        }

        List<FeatureGroupSchema> schemas(List<Group> some) {
            return some.stream().map(Group::schema).toList();
        }
    }

    /**
     * One column of the answer.
     *
     * @param index 0-based, over the whole request
     * @param label bare feature label
     * @param spec the feature in the version that is answered
     * @param stored type it is stored as
     * @param answered type it is answered as; differs when quantised
     * @param etcdDefault default bytes in the form etcd holds them, quantised when asked for; in
     *     block form when none is configured
     * @param blockDefault the same default in the form a stored value is answered in
     * @param width bytes of an answered cell; 0 for strings, whose cells vary
     */
    record Column(
            int index,
            String label,
            FeatureSpec spec,
            DataType stored,
            DataType answered,
            byte[] etcdDefault,
            byte[] blockDefault,
            int width) {

        boolean quantised() {
            return stored != answered;
        }
    }

    /** One group of the request with the columns it asks for. */
    static final class Selection {
        private final String asked;
        private final Group group;
        private final SchemaVersion version;
        private final List<Column> columns;
        private final boolean fixedWidths;
        private final int[] ownSequences;
        private final boolean plainNumbers;
        private final Map<Integer, int[]> sequences = new ConcurrentHashMap<>();

        /**
         * @param asked group label as the request wrote it
         * @param version whose features and defaults are answered
         * @param fixedWidths a feature whose vector length differs in the stored version counts as
         *     lacking there
         */
        Selection(
                String asked,
                Group group,
                SchemaVersion version,
                List<Column> columns,
                boolean fixedWidths) {
            this.asked = asked;
            this.group = group;
            this.version = version;
            this.columns = List.copyOf(columns);
            this.fixedWidths = fixedWidths;
            this.ownSequences =
                    columns.stream().mapToInt(column -> column.spec().sequence()).toArray();
            DataType type = group.schema().dataType();
            this.plainNumbers =
                    type.elementBytes() > 0
                            && !type.isVector()
                            && columns.stream().noneMatch(Column::quantised);
        }

        String asked() {
            return asked;
        }

        Group group() {
            return group;
        }

        SchemaVersion version() {
            return version;
        }

        List<Column> columns() {
            return columns;
        }

        /**
         * Where this selection's columns stand in a block of the given version.
         *
         * @return a sequence per column, -1 where that version lacks the feature. Do not change
         */
        int[] sequencesIn(SchemaVersion stored) {
            if (stored == version) {
                return ownSequences;
            }
            return sequences.computeIfAbsent(stored.version(), number -> lookUp(stored));
        }

        /** Whether all columns are scalar numbers that stand side by side in the block. */
        boolean isRun(int[] sequences) {
            if (!plainNumbers || sequences.length < 2) {
                return false;
            }
            for (int i = 0; i < sequences.length; i++) {
                if (sequences[i] != sequences[0] + i || sequences[i] < 0) {
                    return false;
                }
            }
            return true;
        }

        private int[] lookUp(SchemaVersion stored) {
            int[] found = new int[columns.size()];
            for (int i = 0; i < found.length; i++) {
                FeatureSpec asked = columns.get(i).spec();
                FeatureSpec there = stored.feature(asked.label());
                boolean usable =
                        there != null
                                && !(fixedWidths && there.vectorLength() != asked.vectorLength());
                found[i] = usable ? there.sequence() : -1;
            }
            return found;
        }
    }
}
