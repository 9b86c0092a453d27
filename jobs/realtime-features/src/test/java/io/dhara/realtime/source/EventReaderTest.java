package io.dhara.realtime.source;

import static io.dhara.realtime.source.Sources.NOW;
import static io.dhara.realtime.source.Sources.bytes;
import static io.dhara.realtime.source.Sources.fields;
import static io.dhara.realtime.source.Sources.reader;
import static io.dhara.realtime.source.Sources.record;
import static io.dhara.realtime.source.Sources.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.source.RawRecord;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.definition.SourceSpec.Format;
import io.dhara.realtime.domain.definition.SourceSpec.TimeUnit;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.event.FieldType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventReaderTest {
    private static final long FIVE_MINUTES = 300_000;

    @ParameterizedTest
    @CsvSource({
        "S, 1800000000, 1800000000000",
        "MS, 1800000000001, 1800000000001",
        "US, 1800000000001999, 1800000000001",
        "MS, 0, 0",
        "ISO_8601, '\"2026-01-02T03:04:05.678Z\"', 1767323045678",
        "ISO_8601, '\"2026-01-02T03:04:05+05:30\"', 1767303245000",
    })
    void eventTime_everyUnit_isMillis(TimeUnit unit, String value, long millis) throws Exception {
        ReadEvent read = reader(timed(unit)).read(record(bytes("{\"at\": " + value + "}")));

        assertThat(read.eventTimeMillis()).isEqualTo(millis);
        assertThat(read.event()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "S, 9223372036854775807, bad-event-time",
        "S, -1, bad-event-time",
        "MS, -1, bad-event-time",
        "US, -1, bad-event-time",
        "MS, null, no-event-time",
        "ISO_8601, '\"2026-01-02\"', bad-event-time",
        "ISO_8601, '\"2026-01-02T03:04:05\"', bad-event-time",
        "ISO_8601, '\"1969-12-31T23:59:59Z\"', bad-event-time",
        "ISO_8601, '\"+999999999-12-31T23:59:59Z\"', bad-event-time",
        "ISO_8601, '\"\"', bad-event-time",
        "MS, '\"5\"', bad-field",
        "S, 1800000000000, future-event-time",
    })
    void eventTime_bad_isRejectedWithReason(TimeUnit unit, String value, String reason)
            throws Exception {
        assertRejected(
                reader(timed(unit)).read(record(bytes("{\"at\": " + value + "}"))), reason, "at");
    }

    @Test
    void eventTime_aheadOfTheClock_isTakenUpToTheLimit() throws Exception {
        EventReader reader = reader(timed(TimeUnit.MS));
        long limit = NOW + FIVE_MINUTES;

        assertThat(reader.read(record(bytes("{\"at\": " + limit + "}"))).eventTimeMillis())
                .isEqualTo(limit);
        assertRejected(
                reader.read(record(bytes("{\"at\": " + (limit + 1) + "}"))),
                "future-event-time",
                "PT5M (max-ahead of source orders)");
    }

    @Test
    void eventTime_withoutField_isKafkas() throws Exception {
        SourceSpec source = source(Format.JSON, "", TimeUnit.MS, fields("user", FieldType.STRING));
        byte[] value = bytes("{\"user\": \"u\"}");

        assertThat(reader(source).read(record(value)).event())
                .isEqualTo(new FeatureEvent(NOW - 1, List.of("u")));
        RawRecord without = new RawRecord("t", 0, 0, -1, null, value, List.of());
        assertRejected(reader(source).read(without), "no-event-time", "Kafka timestamp");
    }

    @Test
    void read_noValue_isRejectedWithTheRecordAsItCame() throws Exception {
        RawRecord tombstone = new RawRecord("t", 3, 9, NOW, new byte[] {1}, null, List.of());
        ReadEvent read = reader(timed(TimeUnit.MS)).read(tombstone);

        assertRejected(read, "no-value", "no value");
        assertThat(read.rejected()).isNotNull();
        assertThat(read.rejected().record()).isSameAs(tombstone);
        assertThat(read.rejected().eventTimeMillis()).isEqualTo(NOW);
        assertRejected(
                reader(timed(TimeUnit.MS)).read(record(new byte[0])), "no-value", "no value");
    }

    @Test
    void read_longerThanTheLimit_isRejected() throws Exception {
        assertRejected(
                reader(timed(TimeUnit.MS)).read(record(new byte[1_001])),
                "oversized-record",
                "at most 1000 bytes (features.max-record-bytes): got 1001");
    }

    @Test
    void reader_fieldsThatExcludeEachOther_isRefused() {
        assertThatThrownBy(
                        () ->
                                reader(
                                        source(
                                                Format.JSON,
                                                "",
                                                TimeUnit.MS,
                                                fields(
                                                        "a", FieldType.STRING,
                                                        "a.b", FieldType.STRING,
                                                        "c..d", FieldType.STRING))))
                .isInstanceOf(InvalidSourceException.class)
                .hasMessageContaining("field a cannot be a value and have the member a.b")
                .hasMessageContaining("field c. has an empty part");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void read_goodRecord_isTheSameInEveryFormat(Format format) throws Exception {
        FeatureEvent event = reader(Sources.orders(format)).read(record(good(format))).event();

        assertThat(event).isNotNull();
        assertThat(event.values().subList(1, 2)).containsExactly(12.5);
        assertThat(event.values().subList(3, 6)).containsExactly(true, "PUNE", NOW);
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void read_anyBytes_neverFails(Format format) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        EventReader reader = reader(Sources.orders(format));
        byte[] good = good(format);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = i % 3 == 0 ? noise(random) : damaged(good, random);
            ReadEvent read = reader.read(record(bytes));
            RejectedRecord rejected = read.rejected();
            if (rejected != null) {
                assertThat(rejected.rejections().get(0).reason())
                        .as("seed %d, round %d, %s", seed, i, Arrays.toString(bytes))
                        .isNotEqualTo("internal-error");
            }
        }
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length + 4));
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static byte[] good(Format format) throws Exception {
        return switch (format) {
            case JSON ->
                    bytes(
                            """
                            {"order_id": "o-1", "tags": ["a", {"b": [1, null]}], "total": 12.5, "items": 3,
                             "paid": true, "shop": {"city": "PUNE"}, "at": 1800000000000}
                            """);
            case AVRO -> AvroValuesTest.orderBytes();
            case PROTOBUF -> ProtobufValuesTest.orderBytes();
        };
    }

    private static SourceSpec timed(TimeUnit unit) {
        return source(
                Format.JSON,
                "at",
                unit,
                fields("at", unit == TimeUnit.ISO_8601 ? FieldType.STRING : FieldType.INT64));
    }

    private static void assertRejected(ReadEvent read, String reason, String detail) {
        assertThat(read.event()).isNull();
        RejectedRecord rejected = read.rejected();
        assertThat(rejected).isNotNull();
        assertThat(rejected.rejections().get(0).reason()).isEqualTo(reason);
        assertThat(rejected.rejections().get(0).detail()).contains(detail);
    }
}
