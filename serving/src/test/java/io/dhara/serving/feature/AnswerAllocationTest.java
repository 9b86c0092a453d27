package io.dhara.serving.feature;

import static io.dhara.serving.feature.TestSchemas.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.retrieve.Query;
import io.dhara.stores.read.StoredBlock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Building an answer allocates its bytes and a few objects per row, none per feature. */
class AnswerAllocationTest {
    private static final int FEATURES = 500;
    private static final int KEYS = 20;
    private static final int BYTES_PER_ROW_ALLOWED = 400;

    private final SchemaSnapshot snapshot =
            TestSchemas.user()
                    .group("wide", 1, TestSchemas.REDIS, DataType.FP32, Duration.ZERO, true)
                    .version(
                            1,
                            IntStream.range(0, FEATURES)
                                    .mapToObj(i -> TestSchemas.feature("f" + i, i, "0000803f"))
                                    .toArray(FeatureSpec[]::new))
                    .done()
                    .snapshot();

    @Test
    void build_manyFeatures_allocatesTheResponseAndLittlePerRow() {
        List<String> labels = IntStream.range(0, FEATURES).mapToObj(i -> "f" + i).toList();
        ReadPlan plan =
                ReadPlanner.plan(
                        snapshot,
                        "user",
                        List.of(new GroupRequest("wide", labels)),
                        Dialect.COMPATIBLE);
        byte[] block = TestSchemas.block(snapshot, "wide", 1, 0, false, e -> {});
        GroupRead read = new BlockIntake().take(plan.groups().get(0), new StoredBlock(block, 1));
        GroupRead[] reads = new GroupRead[KEYS];
        Arrays.fill(reads, read);
        RequestedKeys keys =
                new RequestedKeys(
                        IntStream.range(0, KEYS).mapToObj(i -> key("u" + i)).toList(),
                        IntStream.range(0, KEYS).toArray());
        Query query =
                ReadHarness.users(
                        List.of(),
                        IntStream.range(0, KEYS).mapToObj(i -> "u" + i).toArray(String[]::new));
        CompatibleResponse response = new CompatibleResponse(CompatibleCells.Form.ETCD_DEFAULTS);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long allocated = 0;
        int size = 0;
        for (int round = 0; round < 200; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            size =
                    response.build(query, new Answer(plan, keys, reads, snapshot, 0), 1 << 20)
                            .length;
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        // A columns array of the sink grows with the plan; the rest with the rows.
        long allowed = size + 8L * FEATURES + (long) BYTES_PER_ROW_ALLOWED * KEYS;
        assertThat(allocated).isLessThan(allowed);
    }
}
