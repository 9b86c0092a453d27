package io.dhara.serving.inferflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dhara.core.model.DataType;
import io.dhara.graph.GraphPlan;
import io.dhara.serving.inferflow.PlanBuilder.Features;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A matrix from the cache allocates its cells, its answer and a key per row, nothing per cell. */
class MatrixAllocationTest {
    private static final int FEATURES = 50;
    private static final int ROWS = 100;
    private static final int ROUNDS = 1_000;

    /** Cells and statuses of the matrix and of the answer. */
    private static final int CELL_BYTES = 2 * (Float.BYTES + 1);

    /** The id, the key with its list and its place among the keys; more until it is compiled. */
    private static final int KEY_BYTES_ALLOWED = 600;

    @Test
    void run_cachedKeys_allocatesCellsAndKeysOnly() {
        String[] labels =
                IntStream.range(0, FEATURES).mapToObj(i -> "f" + i).toArray(String[]::new);
        GraphBed.Schemas schemas =
                GraphBed.Schemas.none()
                        .entity("user", "user_id")
                        .cached()
                        .group("user", "wide", DataType.FP32, labels);
        GraphPlan plan =
                new PlanBuilder()
                        .input("user_id")
                        .feature(
                                "user",
                                "user",
                                List.of("user_id"),
                                Features.of("wide", DataType.FP32, labels))
                        .build();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            ids.add("u" + (100_000 + i));
        }
        int[] answer = IntStream.rangeClosed(1, FEATURES).toArray();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (GraphBed bed = new GraphBed(schemas)) {
            for (String id : ids) {
                bed.put(
                        "user",
                        "wide",
                        List.of(id),
                        e -> IntStream.range(0, FEATURES).forEach(f -> e.putDouble(f, f)));
            }
            InputValues input = new InputValues("user_id", ids);
            long allocated = 0;
            int size = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                Execution execution = bed.run(plan, input);
                PackedMatrix packed = new PackedMatrix(execution.matrix(), answer);
                size = packed.values(1 << 20).length + packed.statuses().length;
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(size).isEqualTo(ROWS * FEATURES * (Float.BYTES + 1));
            assertThat(bed.stores.reads()).hasSize(1);
            assertThat(allocated)
                    .isLessThan((long) ROWS * (FEATURES * CELL_BYTES + KEY_BYTES_ALLOWED));
        }
    }
}
