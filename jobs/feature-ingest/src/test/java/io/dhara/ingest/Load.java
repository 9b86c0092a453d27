package io.dhara.ingest;

import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import io.dhara.stores.read.StoredBlock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Seeded load for an {@link IngestBed}, and the oracle of what its stores must hold afterwards: of
 * each key and group the value with the greatest event time. Event times are in no order and are
 * never the same for two different values of one key and group; some messages come twice.
 */
final class Load {
    static final List<String> GROUPS = List.of("counts", "words", "score", "flags");

    private record Unit(String group, String key) {}

    private record Value(long eventMillis, int number) {}

    private final IngestBed bed;
    private final String keyPrefix;
    private final int keys;
    private final Random random;
    private final long newestMillis;
    private final Map<Unit, Value> expected = new HashMap<>();

    /**
     * @param keyPrefix keeps this load apart from others on the same bed
     */
    Load(IngestBed bed, String keyPrefix, int keys, long seed) {
        this.bed = bed;
        this.keyPrefix = keyPrefix;
        this.keys = keys;
        this.random = new Random(seed);
        this.newestMillis = System.currentTimeMillis() - 1000;
    }

    /** The next messages, to be sent in this order. */
    List<ProducerRecord<byte[], byte[]>> next(int messages) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            ProducerRecord<byte[], byte[]> record = message();
            records.add(record);
            if (random.nextInt(10) == 0) {
                records.add(record);
            }
        }
        return records;
    }

    private ProducerRecord<byte[], byte[]> message() {
        long eventMillis = newestMillis - random.nextInt(3_000_000);
        List<String> groups =
                random.nextBoolean() ? GROUPS : List.of(GROUPS.get(random.nextInt(4)));
        Query.Builder query =
                Query.newBuilder().setEntityLabel(bed.entity()).addKeysSchema("user_id");
        groups.forEach(group -> query.addFeatureGroupSchema(Messages.group(group, labels(group))));
        int first = random.nextInt(keys);
        int rows = 1 + random.nextInt(4);
        for (int row = 0; row < Math.min(rows, keys); row++) {
            String key = keyPrefix + (first + row) % keys;
            int number = numberAt(key, eventMillis);
            query.addData(
                    Messages.row(
                            key,
                            groups.stream()
                                    .map(group -> values(group, number))
                                    .toArray(Values[]::new)));
            for (String group : groups) {
                expected.merge(
                        new Unit(group, key),
                        new Value(eventMillis, number),
                        (a, b) -> a.eventMillis >= b.eventMillis ? a : b);
            }
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        bed.config().topics().features(),
                        null,
                        eventMillis,
                        null,
                        query.build().toByteArray());
        if (random.nextBoolean()) {
            record =
                    new ProducerRecord<>(
                            record.topic(), null, System.currentTimeMillis(), null, record.value());
            record.headers()
                    .add(
                            new RecordHeader(
                                    "dhara-event-time-ms",
                                    Long.toString(eventMillis).getBytes(StandardCharsets.UTF_8)));
        }
        return record;
    }

    /** A value that depends on key and event time alone, so that a tie is no contradiction. */
    private static int numberAt(String key, long eventMillis) {
        return (key.hashCode() * 31 + Long.hashCode(eventMillis)) & 0xFFFF;
    }

    static String[] labels(String group) {
        return switch (group) {
            case "counts" -> new String[] {"b", "a"};
            case "words" -> new String[] {"long"};
            case "score" -> new String[] {"f", "g"};
            case "flags" -> new String[] {"y"};
            default -> throw new IllegalArgumentException(group);
        };
    }

    static Values values(String group, int number) {
        return switch (group) {
            case "counts" -> Messages.int32(-number, number);
            case "words" -> Messages.strings(word(number));
            case "score" -> Messages.fp32(number / 2.0, -1);
            case "flags" -> Messages.bools(number % 2 == 0);
            default -> throw new IllegalArgumentException(group);
        };
    }

    /** Hard to compress, so that most spread over two segments. */
    private static String word(int number) {
        Random letters = new Random(number);
        char[] word = new char[1500 - number % 700];
        for (int i = 0; i < word.length; i++) {
            word[i] = (char) ('!' + letters.nextInt(90));
        }
        return new String(word);
    }

    /** The block as the store must hold it, made without the job's code. */
    static byte[] block(FeatureGroupSchema group, int number, long eventMillis) {
        PsdbEncoder encoder = new PsdbEncoder();
        long expiry = group.ttl().isZero() ? 0 : eventMillis / 1000 + group.ttl().toSeconds();
        encoder.begin(
                group.dataType(),
                group.active(),
                group.layoutVersion(),
                expiry,
                eventMillis * 1000);
        switch (group.label()) {
            case "counts" -> {
                encoder.putLong(0, number);
                encoder.putLong(1, -number);
            }
            case "words" -> encoder.putString(0, word(number));
            case "score" -> {
                encoder.putDouble(0, number / 2.0);
                encoder.putDouble(1, -1);
            }
            case "flags" -> encoder.putBool(1, number % 2 == 0);
            default -> throw new IllegalArgumentException(group.label());
        }
        return encoder.toBlock(true);
    }

    /** Keys that have a value of this group. */
    List<String> keys(String group) {
        return expected.keySet().stream()
                .filter(unit -> unit.group.equals(group))
                .map(Unit::key)
                .toList();
    }

    /** What differs between the stores and the oracle; empty when nothing does. */
    List<String> differences() {
        List<String> differences = new ArrayList<>();
        for (String group : GROUPS) {
            List<String> all = keys(group);
            if (all.isEmpty()) {
                continue;
            }
            Map<String, StoredBlock> stored = bed.stored(group, all);
            for (String key : all) {
                compare(group, key, stored.get(key), differences);
            }
        }
        return differences;
    }

    private void compare(String group, String key, StoredBlock got, List<String> out) {
        Value value = expected.get(new Unit(group, key));
        if (got == null) {
            out.add(group + "/" + key + " is missing");
        } else if (got.writeTimeMicros() / 1000 != value.eventMillis) {
            out.add(
                    group
                            + "/"
                            + key
                            + " has event time "
                            + got.writeTimeMicros()
                            + " instead of "
                            + value.eventMillis);
        } else if (!Arrays.equals(
                got.block(), block(bed.group(group), value.number, value.eventMillis))) {
            out.add(group + "/" + key + " has other bytes than expected");
        }
    }
}
