package io.dhara.ingest.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.write.BlockWrite;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Ordering, combining and replays against a store that keeps the greatest write time: however the
 * partitions interleave, wherever it flushes, restarts and repeats, the same records leave the same
 * bytes and write times, and of one partition's ties the last one wins.
 */
class WriteOrderTest {
    private static final int PARTITIONS = 3;
    private static final int KEYS = 2;
    private static final long EVENT = 1_700_000_000_000L;

    private record Message(int key, int partition, long offset, long event) {
        PendingWrite write() {
            byte[] block = ByteBuffer.allocate(12).putInt(partition).putLong(offset).array();
            return new PendingWrite(
                    new BlockWrite(
                            new EntityKey("user", List.of("u" + key)),
                            "g",
                            0,
                            "1",
                            WriteTime.natural(event, offset),
                            0,
                            block),
                    new SourcePosition("t", partition, offset),
                    List.of());
        }
    }

    /** The rule of both stores, as the Redis script and Scylla's timestamps have it. */
    private static final class Store {
        final Map<EntityKey, BlockWrite> values = new HashMap<>();

        void write(PendingWrite pending) {
            BlockWrite write = pending.write();
            values.merge(
                    write.key(),
                    write,
                    (old, next) -> WriteCombiner.isNewer(next, old) ? next : old);
        }

        Map<EntityKey, String> contents() {
            Map<EntityKey, String> contents = new HashMap<>();
            values.forEach(
                    (key, write) ->
                            contents.put(
                                    key, write.writeTimeMicros() + Arrays.toString(write.block())));
            return contents;
        }
    }

    /** What a restart goes back to. */
    private record Checkpoint(int[] positions, List<RecentTie> ties) {}

    @Property(tries = 500)
    void anyInterleavingFlushAndReplay_leavesTheSame(@ForAll long seed) {
        Random random = new Random(seed);
        List<List<Message>> partitions = messages(random);
        Map<EntityKey, String> straight = run(partitions, new Random(0), 0);
        assertThat(run(partitions, random, 5)).isEqualTo(straight);
        assertThat(run(partitions, random, 20)).isEqualTo(straight);
    }

    @Property(tries = 200)
    void ofOnePartition_theLastOfTheNewestEventTimeWins(@ForAll long seed) {
        List<Message> all = messages(new Random(seed)).get(0);
        Map<EntityKey, String> stored = run(List.of(all), new Random(seed), 10);
        Map<Integer, Message> newest = new HashMap<>();
        for (Message message : all) {
            newest.merge(message.key, message, (a, b) -> b.event >= a.event ? b : a);
        }
        newest.forEach(
                (key, message) ->
                        assertThat(stored.get(message.write().write().key()))
                                .endsWith(Arrays.toString(message.write().write().block())));
    }

    /** Many ties, and offsets that wrap the modulus again and again. */
    private static List<List<Message>> messages(Random random) {
        List<List<Message>> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<Message> messages = new ArrayList<>();
            long offset = random.nextInt(900);
            for (int i = 0; i < 60; i++) {
                messages.add(
                        new Message(
                                random.nextInt(KEYS),
                                partition,
                                offset,
                                EVENT + random.nextInt(3)));
                offset += 1 + random.nextInt(random.nextBoolean() ? 3 : 1000);
            }
            partitions.add(messages);
        }
        return partitions;
    }

    private static Map<EntityKey, String> run(
            List<List<Message>> partitions, Random random, int restarts) {
        Store store = new Store();
        TieMemory ties = new TieMemory(100);
        WriteCombiner combiner = new WriteCombiner();
        int[] next = new int[partitions.size()];
        Checkpoint last = new Checkpoint(next.clone(), List.of());
        int left = restarts;
        while (true) {
            int partition = random.nextInt(partitions.size());
            if (next[partition] < partitions.get(partition).size()) {
                PendingWrite write = partitions.get(partition).get(next[partition]++).write();
                combiner.add(
                        new PendingWrite(
                                ties.order(write.write(), write.source()),
                                write.source(),
                                write.waits()));
            } else if (isAtEnd(partitions, next)) {
                combiner.drain(store::write);
                return store.contents();
            }
            if (random.nextInt(8) == 0) {
                combiner.drain(store::write);
            }
            if (random.nextInt(15) == 0) {
                combiner.drain(store::write);
                last = new Checkpoint(next.clone(), ties.snapshot());
            } else if (left > 0 && random.nextInt(20) == 0) {
                left--;
                next = last.positions.clone();
                ties = new TieMemory(100);
                last.ties.forEach(ties::remember);
                combiner = new WriteCombiner();
            }
        }
    }

    private static boolean isAtEnd(List<List<Message>> partitions, int[] next) {
        for (int i = 0; i < next.length; i++) {
            if (next[i] < partitions.get(i).size()) {
                return false;
            }
        }
        return true;
    }
}
