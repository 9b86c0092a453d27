package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dhara.core.model.DataType;
import io.dhara.core.model.SchemaVersion;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The hot paths allocate nothing once they are warm, as the thread's own counter sees it. */
class PsdbAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 20_000;

    private long sink;

    /** Bytes allocated by the given number of rounds, warm. */
    private static long allocated(Runnable round) {
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    /** Less than a byte a round: what is left is the measurement itself. */
    private static void allocatesNothing(DataType type, Runnable round) {
        assertThat(allocated(round)).as(type.wireName()).isLessThan(ROUNDS);
    }

    @Test
    void encode_byBulkAndBySequence_allocatesNothing() {
        PsdbEncoder encoder = new PsdbEncoder();
        SchemaVersion version = Schemas.scalars(1, 100);
        int[] values = new int[100];
        byte[] dst = new byte[1000];
        allocatesNothing(
                DataType.INT32,
                () -> {
                    encoder.begin(DataType.INT32, version, 1, 2_000_000_000L, 0);
                    encoder.putInts(0, values, 0, values.length);
                    sink += encoder.finish(dst, 0, false);
                });
        allocatesNothing(
                DataType.FP16,
                () -> {
                    encoder.begin(DataType.FP16, version, 2, 2_000_000_000L, 0);
                    for (int i = 0; i < 100; i++) {
                        encoder.putDouble(i, i);
                    }
                    sink += encoder.finish(dst, 0, false);
                });
    }

    @Test
    void read_ofUncompressedBlocks_allocatesNothing() {
        PsdbEncoder encoder = new PsdbEncoder();
        PsdbBlock block = new PsdbBlock();
        byte[] served = new byte[4096];
        for (DataType type : DataType.values()) {
            BlockSample sample = BlockSample.constant(type, 1, 20, 5);
            byte[] bytes = sample.encode(encoder, 2, 2_000_000_000L, 0, false);
            allocatesNothing(
                    type,
                    () -> {
                        block.wrap(bytes, 0, bytes.length).open(sample.version());
                        sink += block.isExpiredAt(sink) ? 1 : 0;
                        sink += block.copyFeature(7, served, 0);
                        if (type == DataType.INT32) {
                            sink += block.getLong(3);
                        }
                    });
        }
    }

    @Test
    void csdb_find_allocatesNothing() {
        byte[] block = new byte[40];
        CsdbWriter writer = new CsdbWriter().begin();
        for (int i = 0; i < 10; i++) {
            writer.add(i, block, 0, block.length, i);
        }
        byte[] value = writer.toBytes();
        CsdbReader reader = new CsdbReader();
        allocatesNothing(
                DataType.INT32,
                () -> {
                    reader.wrap(value, 0, value.length);
                    sink += reader.find(9) ? reader.blockOffset() : 0;
                    sink += EventTimes.find(reader, value, 9);
                });
    }
}
