package io.dhara.stores.write.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.github.luben.zstd.Zstd;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * Writes as BharatMLStack does, from its description and with none of our code: ISO week mod 24, no
 * de-duplication, equal times in any order, a slot cleared when the newest is 24 weeks away, at
 * most 500, plain UPDATEs, the count after the block.
 */
final class PeerWriter {
    private static final long WEEK_MILLIS = 604_800_000L;
    private static final int LIMIT = 500;

    /** What becomes of the counts. */
    enum Counts {
        RIGHT,
        TOO_HIGH,
        TOO_LOW,
        /** The second UPDATE always fails. */
        ABSENT
    }

    private final CqlSession cql;
    private final String keyspace;
    private final Counts counts;
    private final Random random;
    private final Map<String, List<Interaction>> cells = new HashMap<>();

    PeerWriter(CqlSession cql, String keyspace, Counts counts, long seed) {
        this.cql = cql;
        this.keyspace = keyspace;
        this.counts = counts;
        this.random = new Random(seed);
    }

    static int slot(long eventTimeMillis) {
        return Instant.ofEpochMilli(eventTimeMillis)
                        .atZone(ZoneOffset.UTC)
                        .get(IsoFields.WEEK_OF_WEEK_BASED_YEAR)
                % 24;
    }

    void persist(InteractionType type, String userId, List<Interaction> interactions) {
        Map<Integer, List<Interaction>> touched = new HashMap<>();
        for (Interaction interaction : interactions) {
            int slot = slot(interaction.eventTimeMillis());
            List<Interaction> list =
                    cells.computeIfAbsent(
                            type.name() + "|" + userId + "|" + slot, c -> new ArrayList<>());
            if (!list.isEmpty()
                    && Math.abs(interaction.eventTimeMillis() - list.get(0).eventTimeMillis())
                                    / WEEK_MILLIS
                            >= 24) {
                list.clear();
            }
            list.add(interaction);
            Collections.shuffle(list, random); // so that equal times are in any order
            list.sort(Comparator.comparingLong(Interaction::eventTimeMillis).reversed());
            if (list.size() > LIMIT) {
                list.subList(LIMIT, list.size()).clear();
            }
            touched.put(slot, list);
        }
        touched.forEach((slot, list) -> update(type, userId, slot, list));
    }

    private void update(InteractionType type, String userId, int slot, List<Interaction> list) {
        String prefix = keyspace + "." + type.table() + "_interactions_";
        cql.execute(
                "UPDATE "
                        + prefix
                        + "bucket"
                        + (slot / 8 + 1)
                        + " SET week_"
                        + slot
                        + " = ? WHERE user_id = ?",
                ByteBuffer.wrap(block(type, list)),
                userId);
        int count =
                switch (counts) {
                    case RIGHT -> list.size();
                    case TOO_HIGH -> list.size() + 1 + random.nextInt(LIMIT);
                    case TOO_LOW -> 1;
                    case ABSENT -> 0;
                };
        if (counts != Counts.ABSENT) {
            cql.execute(
                    "UPDATE " + prefix + "metadata SET week_" + slot + " = ? WHERE user_id = ?",
                    count,
                    userId);
        }
    }

    /** Layout 1. */
    static byte[] block(InteractionType type, List<Interaction> list) {
        int strings =
                list.stream().mapToInt(i -> length(i.subOrder()) + length(i.metadata())).sum();
        ByteBuffer body =
                ByteBuffer.allocate(list.size() * 20 + strings).order(ByteOrder.LITTLE_ENDIAN);
        list.forEach(i -> body.putInt((int) i.catalogId()));
        list.forEach(i -> body.putInt((int) i.productId()));
        list.forEach(i -> body.putLong(i.eventTimeMillis()));
        if (type.shape() == InteractionType.Shape.ORDER) {
            texts(body, list, Interaction::subOrder);
        }
        texts(body, list, Interaction::metadata);
        byte[] raw = new byte[body.position()];
        body.flip().get(raw);
        byte[] frame = Zstd.compress(raw);
        boolean smaller = frame.length < raw.length;
        byte[] stored = smaller ? frame : raw;
        return ByteBuffer.allocate(2 + stored.length)
                .put((byte) (1 | (smaller ? 1 << 4 : 0) | list.size() >> 8 << 7))
                .put((byte) list.size())
                .put(stored)
                .array();
    }

    private static void texts(
            ByteBuffer body, List<Interaction> list, Function<Interaction, String> text) {
        list.forEach(i -> body.putShort((short) length(text.apply(i))));
        list.forEach(i -> body.put(text.apply(i).getBytes(StandardCharsets.UTF_8)));
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
