package io.dhara.ingest.operator;

import static io.dhara.ingest.Messages.int32;
import static io.dhara.ingest.Messages.query;
import static io.dhara.ingest.Messages.record;
import static io.dhara.ingest.Messages.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RawRecordSerializer;
import io.dhara.ingest.FixedRegistry;
import io.dhara.ingest.TestSchemas;
import io.dhara.ingest.domain.IngestRules;
import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class ReadMessageFunctionTest {
    private static final long EVENT = 1_700_000_000_000L;

    /** Opens a registry with one group. */
    private record OneGroup() implements RegistryFactory {
        @Override
        public SchemaRegistry open() {
            return new FixedRegistry(
                    new TestSchemas()
                            .entity("user", "user_id")
                            .group(
                                    "user",
                                    "g",
                                    DataType.INT32,
                                    TestSchemas.REDIS,
                                    Duration.ZERO,
                                    "0",
                                    "n")
                            .build());
        }
    }

    /** Opens a registry that fails at every look. */
    private record Broken() implements RegistryFactory {
        @Override
        public SchemaRegistry open() {
            return new FixedRegistry(SchemaSnapshot.EMPTY) {
                @Override
                public SchemaSnapshot current() {
                    throw new IllegalStateException("broken for this test");
                }
            };
        }
    }

    private static OneInputStreamOperatorTestHarness<RawRecord, PendingWrite> harness(
            RegistryFactory registries) throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(
                                new ReadMessageFunction(IngestRules.DEFAULT, registries)),
                        new RawRecordSerializer());
        harness.open();
        return harness;
    }

    private static <T> List<T> side(
            OneInputStreamOperatorTestHarness<RawRecord, PendingWrite> harness, OutputTag<T> tag) {
        List<T> values = new ArrayList<>();
        Queue<StreamRecord<T>> records = harness.getSideOutput(tag);
        if (records != null) {
            records.forEach(r -> values.add(r.getValue()));
        }
        return values;
    }

    @Test
    void message_isSplitIntoWritesAndRejections() throws Exception {
        byte[] value =
                query("user", "user_id", "g", "n")
                        .addData(row("u", int32(1)))
                        .addData(row("w", int32(1, 2)))
                        .build()
                        .toByteArray();
        try (var harness = harness(new OneGroup())) {
            harness.processElement(record(value, EVENT, 1, "dhara-request-id", "r"), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(w -> w.write().key().values().get(0))
                    .containsExactly("u");
            assertThat(side(harness, ReadMessageFunction.REJECTED))
                    .extracting(RejectedRecord::rejected)
                    .containsExactly(1);
            List<byte[]> notices = side(harness, ReadMessageFunction.NOTICES);
            assertThat(notices).hasSize(1);
            Invalidation notice = Invalidation.parseFrom(notices.get(0));
            assertThat(notice.getOutcome()).isEqualTo(Outcome.OUTCOME_REJECTED);
            assertThat(notice.getWaits(0).getUnit()).isEqualTo(1);
        }
    }

    @Test
    void b39_defect_costsItsMessageOnly() throws Exception {
        byte[] value =
                query("user", "user_id", "g", "n")
                        .addData(row("u", int32(1)))
                        .build()
                        .toByteArray();
        try (var harness = harness(new Broken())) {
            harness.processElement(record(value, EVENT, 1), 0);
            harness.processElement(record(null, EVENT, 2), 0);
            assertThat(side(harness, ReadMessageFunction.REJECTED))
                    .extracting(r -> r.rejections().get(0).reason())
                    .containsExactly("internal-error", "unparsable");
        }
    }
}
