package io.dhara.flink.table;

import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * A feature group to be written. Takes inserts and updates by key; a key that a query deletes gets
 * the defaults of its group.
 *
 * @param resets whether defaults are known; if not, a query that deletes is refused when planned
 * @param parallelism of the sink, or null for that of its input
 */
record FeatureTable(RowDataSink sink, String name, boolean resets, @Nullable Integer parallelism)
        implements DynamicTableSink {

    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        if (resets) {
            // Whole rows, because a reset needs the event time of what it replaces.
            return ChangelogMode.upsert(false);
        }
        return ChangelogMode.newBuilder()
                .addContainedKind(RowKind.INSERT)
                .addContainedKind(RowKind.UPDATE_AFTER)
                .build();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        return SinkV2Provider.of(sink, parallelism);
    }

    @Override
    public DynamicTableSink copy() {
        return this;
    }

    @Override
    public String asSummaryString() {
        return "Dhara feature group " + name;
    }
}
