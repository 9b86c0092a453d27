package io.dhara.realtime.operator;

import io.dhara.flink.feature.FeatureRow;
import io.dhara.realtime.DefinitionFile;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** One attempt of one subtask of the operator. Times are seconds after {@link #T0}. */
final class FeatureBed implements AutoCloseable {
    static final int MAX_PARALLELISM = 8;

    /** A full day. */
    static final long T0 = 1_767_225_600_000L;

    static final FeatureLimits LIMITS =
            new FeatureLimits(
                    Duration.ofMillis(50),
                    10_000,
                    16 << 20,
                    Duration.ofSeconds(1),
                    Duration.ofMillis(500));

    static final String DEFINITION =
            """
            name: test
            sources:
              orders:
                topic: orders
                format: json
                fields: {shop: string, order: string, status: string, amount: double}
            groups:
              - entity: shop
                group: load
                key: [shop]
                lateness: 10 min
                features:
                  - name: running
                    aggregate: gauge
                    item: order
                    opens: {status: created}
                    closes: {status: done}
                    expire-after: 1 h
                  - {name: "orders_{window}", aggregate: count, windows: [1 min, 5 min]}
                  - {name: "sales_{window}", aggregate: sum, of: amount, windows: [5 min]}
            """;

    private static final OutputTag<FeatureEvent> LATE =
            new OutputTag<>("late", TypeInformation.of(FeatureEvent.class));

    final KeyedOneInputStreamOperatorTestHarness<String, FeatureEvent, FeatureRow> harness;
    private long checkpoint;

    private FeatureBed(String definition, FeatureLimits limits, int parallelism, int subtask)
            throws Exception {
        DefinitionFile file = new DefinitionFile("test.yaml", definition, "");
        harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new FeatureOperatorFactory(file, "shop/load", limits, LATE),
                        FeatureOperatorFactory.keyOf(file.plan().groups().get(0)),
                        Types.STRING,
                        MAX_PARALLELISM,
                        parallelism,
                        subtask);
    }

    /** Started a day before the events, so that none is of before its start. */
    static FeatureBed fresh() throws Exception {
        return fresh(LIMITS);
    }

    static FeatureBed fresh(FeatureLimits limits) throws Exception {
        FeatureBed bed = new FeatureBed(DEFINITION, limits, 1, 0);
        bed.harness.setStateBackend(new EmbeddedRocksDBStateBackend(false));
        return bed.begin(null, -86_400);
    }

    static FeatureBed restored(String definition, OperatorSubtaskState state, long nowSeconds)
            throws Exception {
        return part(definition, 1, 0, state, nowSeconds);
    }

    static FeatureBed part(
            String definition,
            int parallelism,
            int subtask,
            OperatorSubtaskState state,
            long nowSeconds)
            throws Exception {
        FeatureBed bed = new FeatureBed(definition, LIMITS, parallelism, subtask);
        bed.harness.setStateBackend(new EmbeddedRocksDBStateBackend(false));
        return bed.begin(state, nowSeconds);
    }

    /** Faster to open than the backend jobs run with. */
    static FeatureBed onHeap(
            String definition, @Nullable OperatorSubtaskState state, long nowSeconds)
            throws Exception {
        FeatureBed bed = new FeatureBed(definition, LIMITS, 1, 0);
        bed.harness.setStateBackend(new HashMapStateBackend());
        return bed.begin(state, nowSeconds);
    }

    private FeatureBed begin(@Nullable OperatorSubtaskState state, long nowSeconds)
            throws Exception {
        harness.setProcessingTime(T0 + nowSeconds * 1_000);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return this;
    }

    static FeatureEvent event(String shop, String order, String status, double seconds) {
        return new FeatureEvent(
                T0 + Math.round(seconds * 1_000), List.of(shop, order, status, 2.5));
    }

    void add(FeatureEvent event) throws Exception {
        harness.processElement(new StreamRecord<>(event, event.eventTimeMillis()));
    }

    void created(String shop, String order, double seconds) throws Exception {
        add(event(shop, order, "created", seconds));
    }

    void watermark(double seconds) throws Exception {
        harness.processWatermark(new Watermark(T0 + Math.round(seconds * 1_000)));
    }

    void idle() throws Exception {
        harness.processWatermarkStatus(WatermarkStatus.IDLE);
    }

    /** Lets processing time go by, in steps of the flush interval. */
    void pass(Duration time) throws Exception {
        long end = harness.getProcessingTime() + time.toMillis();
        while (harness.getProcessingTime() < end) {
            harness.setProcessingTime(Math.min(end, harness.getProcessingTime() + 50));
        }
    }

    void flush() throws Exception {
        pass(LIMITS.flushInterval());
    }

    OperatorSubtaskState snapshot() throws Exception {
        checkpoint++;
        harness.prepareSnapshotPreBarrier(checkpoint);
        return harness.snapshot(checkpoint, harness.getProcessingTime());
    }

    /** Rows since the last call. */
    List<FeatureRow> rows() {
        List<FeatureRow> rows = new ArrayList<>(harness.extractOutputValues());
        harness.getOutput().clear();
        return rows;
    }

    /** Values of the only row since the last call. */
    List<@Nullable Object> row() {
        List<FeatureRow> rows = rows();
        if (rows.size() != 1) {
            throw new AssertionError("one row expected: got " + rows);
        }
        return rows.get(0).values();
    }

    List<FeatureEvent> late() {
        Queue<StreamRecord<FeatureEvent>> late = harness.getSideOutput(LATE);
        return late == null ? List.of() : late.stream().map(StreamRecord::getValue).toList();
    }

    long keysInState() {
        try (Stream<String> keys =
                harness.getOperator()
                        .<String>getKeyedStateBackend()
                        .getKeys("head", VoidNamespace.INSTANCE)) {
            return keys.count();
        }
    }

    /** Of all keys, and one more for each key that has any. */
    long idsInState() throws Exception {
        long ids = 0;
        KeyedStateBackend<String> backend = harness.getOperator().getKeyedStateBackend();
        List<String> keys;
        try (Stream<String> stream = backend.getKeys("ids", VoidNamespace.INSTANCE)) {
            keys = stream.distinct().toList();
        }
        for (String key : keys) {
            backend.setCurrentKey(key);
            MapState<String, Long> state =
                    backend.getPartitionedState(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            new MapStateDescriptor<>(
                                    "ids", StringSerializer.INSTANCE, LongSerializer.INSTANCE));
            ids += StreamSupport.stream(state.keys().spliterator(), false).count();
        }
        return ids;
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
