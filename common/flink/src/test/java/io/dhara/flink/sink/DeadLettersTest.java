package io.dhara.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

final class DeadLettersTest {
    private static final int MEGABYTE = 1 << 20;
    private static final byte[] KEY = {1, 2};
    private static final byte[] VALUE = {0, -1, 7};

    private static RawRecord record(byte[] value, RecordHeader... headers) {
        return new RawRecord("features", 3, 41, 1_000, KEY, value, List.of(headers));
    }

    private static RejectedRecord rejected(RawRecord record) {
        return new RejectedRecord(
                record,
                1_234,
                2,
                List.of(
                        new Rejection(0, "fp", "wrong-type", "f1 must be \"FP32\""),
                        new Rejection(4, "", "bad-key", "user_id is empty")));
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ProducerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static List<String> names(ProducerRecord<byte[], byte[]> letter) {
        return StreamSupport.stream(letter.headers().spliterator(), false)
                .map(Header::key)
                .toList();
    }

    @Test
    void letter_keepsKeyValueAndHeadersInOrderAndSaysWhy() {
        RawRecord record = record(VALUE, header("b", "1"), header("a", "2"), header("b", "3"));
        ProducerRecord<byte[], byte[]> letter =
                new DeadLetters("dlq", MEGABYTE).toRecord(rejected(record));

        assertThat(letter.topic()).isEqualTo("dlq");
        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(VALUE);
        assertThat(names(letter))
                .containsExactly(
                        "b",
                        "a",
                        "b",
                        "dhara-dlq-reason",
                        "dhara-dlq-detail",
                        "dhara-dlq-rows",
                        "dhara-dlq-rejected",
                        "dhara-dlq-source",
                        "dhara-dlq-event-time-ms");
        assertThat(text(letter, DeadLetters.REASON)).isEqualTo("wrong-type");
        assertThat(text(letter, DeadLetters.DETAIL)).isEqualTo("f1 must be \"FP32\"");
        assertThat(text(letter, DeadLetters.REJECTED)).isEqualTo("2");
        assertThat(text(letter, DeadLetters.SOURCE)).isEqualTo("features/3/41");
        assertThat(text(letter, DeadLetters.EVENT_TIME_MS)).isEqualTo("1234");
        assertThat(text(letter, DeadLetters.ROWS))
                .isEqualTo(
                        "[{\"row\":0,\"group\":\"fp\",\"reason\":\"wrong-type\","
                                + "\"detail\":\"f1 must be \\\"FP32\\\"\"},"
                                + "{\"row\":4,\"group\":\"\",\"reason\":\"bad-key\","
                                + "\"detail\":\"user_id is empty\"}]");
    }

    @Test
    void letter_ofARecordPutBackWithOldHeaders_hasOnlyTheNewOnes() {
        RawRecord record = record(VALUE, header("dhara-dlq-reason", "old"), header("x", "1"));
        ProducerRecord<byte[], byte[]> letter =
                new DeadLetters("dlq", MEGABYTE).toRecord(rejected(record));

        assertThat(names(letter)).startsWith("x", "dhara-dlq-reason").hasSize(7);
    }

    @Test
    void letter_tombstoneWithoutKey_staysSo() {
        RawRecord record = new RawRecord("features", 0, 1, -1, null, null, List.of());
        ProducerRecord<byte[], byte[]> letter =
                new DeadLetters("dlq", MEGABYTE).toRecord(rejected(record));

        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isNull();
    }

    @Test
    void letter_tooManyDetails_dropsThemBeforeTheValue() {
        List<Rejection> rows =
                Collections.nCopies(100, new Rejection(1, "fp", "r", "d".repeat(1_000)));
        RejectedRecord rejected =
                new RejectedRecord(record(new byte[8_000]), 1, 250, new ArrayList<>(rows));
        ProducerRecord<byte[], byte[]> letter = new DeadLetters("dlq", 12_000).toRecord(rejected);

        assertThat(letter.value()).hasSize(8_000);
        assertThat(text(letter, DeadLetters.ROWS)).hasSizeLessThan(700);
        assertThat(text(letter, DeadLetters.REJECTED)).isEqualTo("250");
    }

    @Test
    void letter_valueTooLarge_isCutAndSaysWhereTheRecordIs() {
        RawRecord record = record(new byte[20_000], header("x", "1"));
        ProducerRecord<byte[], byte[]> letter =
                new DeadLetters("dlq", 12_000).toRecord(rejected(record));

        assertThat(letter.value()).isNull();
        assertThat(text(letter, DeadLetters.CONTENT)).isEqualTo("cut");
        assertThat(text(letter, DeadLetters.SOURCE)).isEqualTo("features/3/41");
    }

    @Test
    void refusedWrite_recordStillThere_isThatRecord() {
        PendingWrite pending = Rows.row("u1");
        SettledWrite refused =
                new SettledWrite(pending, SettledWrite.Outcome.REFUSED, "no column seg_0");
        RejectedRecord rejected =
                RefusedWrites.toRejected(refused, Optional.of(record(VALUE, header("x", "1"))));

        assertThat(rejected.record().value()).isEqualTo(VALUE);
        assertThat(rejected.eventTimeMillis()).isEqualTo(1_700_000_000_000L);
        assertThat(rejected.rejections())
                .containsExactly(
                        new Rejection(
                                -1,
                                "g1",
                                "store-refused",
                                "store 1 refused group g1 of entity user: no column seg_0"));
    }

    @Test
    void refusedWrite_recordGone_carriesTheBlockAndSaysSo() {
        PendingWrite pending = Rows.row("u1");
        SettledWrite refused =
                new SettledWrite(pending, SettledWrite.Outcome.REFUSED, "no column seg_0");
        ProducerRecord<byte[], byte[]> letter =
                new DeadLetters("dlq", MEGABYTE)
                        .toRecord(RefusedWrites.toRejected(refused, Optional.empty()));

        assertThat(letter.value()).isEqualTo(pending.write().block());
        assertThat(text(letter, DeadLetters.CONTENT)).isEqualTo("block");
        assertThat(text(letter, DeadLetters.DETAIL))
                .endsWith("(the record is gone from its topic; this value is the block)");
    }
}
