package io.dhara.flink.feature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dhara.core.model.DataType;
import io.dhara.flink.feature.FeatureRefusedException.Reason;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.proto.persist.Query;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class RowRecordsTest {
    private static final GroupShape SHAPE =
            GroupShape.declared(
                    "pair", List.of("user_id", "item_id"), "g", DataType.FP32, List.of("a", "b"));
    private static final FeatureRow ROW =
            new FeatureRow(List.of("u1", "i2"), 1_700, Arrays.asList(0.5, null));

    private static RowRecords records(int version, int maxRecordBytes) {
        return new RowRecords(
                "features",
                version,
                maxRecordBytes,
                false,
                false,
                new DeadLetters("letters", 1 << 20));
    }

    private static Map<String, String> headers(ProducerRecord<byte[], byte[]> record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .collect(Collectors.toMap(h -> h.key(), h -> new String(h.value(), UTF_8)));
    }

    @Test
    void message_hasKeyAndEventTimeHeader_andNoTimestampOfItsOwn() throws Exception {
        ProducerRecord<byte[], byte[]> record = records(0, 1 << 20).message(SHAPE, ROW);

        assertThat(record.topic()).isEqualTo("features");
        assertThat(record.key()).isEqualTo("pair\0u1\u001fi2".getBytes(UTF_8));
        assertThat(record.timestamp()).isNull();
        assertThat(record.partition()).isNull();
        assertThat(headers(record)).isEqualTo(Map.of("dhara-event-time-ms", "1700"));
        Query query = Query.parseFrom(record.value());
        assertThat(query.getFeatureGroupSchema(0).getFeatureLabelsList()).containsExactly("a");
    }

    @Test
    void message_ofAVersion_saysSo() {
        assertThat(headers(records(3, 1 << 20).message(SHAPE, ROW)))
                .containsEntry("dhara-schema-version", "3");
    }

    @Test
    void message_longerThanTheTopicTakes_isRefused() {
        FeatureRefusedException thrown =
                catchThrowableOfType(
                        FeatureRefusedException.class, () -> records(0, 540).message(SHAPE, ROW));

        assertThat(thrown.reason()).isEqualTo(Reason.OVERSIZED_MESSAGE);
        assertThat(thrown).hasMessageContaining("at most 540 bytes");
    }

    @Test
    void message_ofAShortVector_isFilledWithTheEndOfTheDefaultIfAsked() throws Exception {
        GroupShape shape =
                new GroupShape(
                        "user",
                        List.of("user_id"),
                        "recent",
                        DataType.INT64_VECTOR,
                        List.of(new GroupShape.Feature("items", 0, 3, List.of("-1", "-2", "-3"))));
        RowRecords filling =
                new RowRecords(
                        "features", 0, 1 << 20, false, true, new DeadLetters("letters", 1 << 20));
        FeatureRow one = new FeatureRow(List.of("u1"), 1_700, List.of(List.of(7L)));
        FeatureRow none = new FeatureRow(List.of("u1"), 1_700, List.of(List.of()));
        FeatureRow many = new FeatureRow(List.of("u1"), 1_700, List.of(List.of(1L, 2L, 3L, 4L)));

        assertThat(vector(filling.message(shape, one))).containsExactly(7L, -2L, -3L);
        assertThat(vector(filling.message(shape, none))).containsExactly(-1L, -2L, -3L);
        assertThat(
                        catchThrowableOfType(
                                        FeatureRefusedException.class,
                                        () -> filling.message(shape, many))
                                .reason())
                .isEqualTo(Reason.WRONG_VECTOR_LENGTH);
        assertThat(
                        catchThrowableOfType(
                                        FeatureRefusedException.class,
                                        () -> records(0, 1 << 20).message(shape, one))
                                .reason())
                .isEqualTo(Reason.WRONG_VECTOR_LENGTH);
    }

    private static List<Long> vector(ProducerRecord<byte[], byte[]> record) throws Exception {
        return Query.parseFrom(record.value())
                .getData(0)
                .getFeatureValues(0)
                .getValues()
                .getVector(0)
                .getValues()
                .getInt64ValuesList();
    }

    @Test
    void message_ofATimeBefore1970_isRefused() {
        FeatureRow row = new FeatureRow(ROW.key(), -1, ROW.values());

        assertThat(
                        catchThrowableOfType(
                                        FeatureRefusedException.class,
                                        () -> records(0, 1 << 20).message(SHAPE, row))
                                .reason())
                .isEqualTo(Reason.NO_EVENT_TIME);
    }

    @Test
    void deadLetter_holdsTheRowAndWhy() {
        FeatureRow row = new FeatureRow(ROW.key(), 1_700, Arrays.asList(Double.NaN, null));

        ProducerRecord<byte[], byte[]> letter =
                records(0, 1 << 20)
                        .deadLetter(
                                SHAPE,
                                row,
                                new FeatureRefusedException(Reason.NOT_A_NUMBER, "why"));

        assertThat(letter.topic()).isEqualTo("letters");
        assertThat(new String(letter.value(), UTF_8))
                .isEqualTo(
                        "{\"entity\":\"pair\",\"group\":\"g\",\"key\":[\"u1\",\"i2\"],"
                                + "\"event_time_ms\":1700,\"features\":[\"a\",\"b\"],"
                                + "\"values\":[\"NaN\",null]}");
        assertThat(headers(letter))
                .containsEntry(DeadLetters.REASON, "not-a-number")
                .containsEntry(DeadLetters.DETAIL, "why")
                .containsEntry(DeadLetters.CONTENT, "row")
                .containsEntry(DeadLetters.SOURCE, "features/-1/-1")
                .containsEntry(DeadLetters.EVENT_TIME_MS, "1700");
    }
}
