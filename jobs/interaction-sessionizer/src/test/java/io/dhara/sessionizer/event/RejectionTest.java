package io.dhara.sessionizer.event;

import static io.dhara.sessionizer.event.EventFormat.CLICK_JSON;
import static io.dhara.sessionizer.event.EventFormat.EVENT;
import static io.dhara.sessionizer.event.EventFormat.ORDER_JSON;
import static io.dhara.sessionizer.event.Records.KAFKA_TIME;
import static io.dhara.sessionizer.event.Records.NOW;
import static io.dhara.sessionizer.event.Records.clickBut;
import static io.dhara.sessionizer.event.Records.detail;
import static io.dhara.sessionizer.event.Records.event;
import static io.dhara.sessionizer.event.Records.order;
import static io.dhara.sessionizer.event.Records.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.sink.Rejection;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of bad records; their catalogue: {@link BadRecords}. */
class RejectionTest {
    private static final String OK = detail("1", "\"S\"", "11");

    @ParameterizedTest
    @MethodSource("io.dhara.sessionizer.event.BadRecords#all")
    void bad_isRejectedWhole_withReason(BadRecords.Bad bad) {
        ReadRecord read = Records.read(bad.format(), bad.record());
        assertThat(read.events()).isEmpty();
        assertThat(read.eventTimeMillis()).isEqualTo(ReadRecord.NO_TIME);
        assertThat(read.rejected()).isNotNull();
        assertThat(read.rejected().record()).isSameAs(bad.record());
        Rejection rejection = read.rejected().rejections().get(0);
        assertThat(rejection.reason()).as(rejection.detail()).isEqualTo(bad.reason().code());
        assertThat(rejection.detail()).contains(bad.words());
        assertThat(rejection.detail()).hasSizeLessThan(300);
    }

    @Test
    void catalogue_hasEveryReasonOfAReader() {
        assertThat(BadRecords.all().map(BadRecords.Bad::reason))
                .containsAll(EnumSet.complementOf(EnumSet.of(RejectReason.INTERNAL_ERROR)));
    }

    @Test
    void order_rejectedWhole_countsItsDetails() {
        ReadRecord read = Records.read(ORDER_JSON, record(order("0", NOW + "", OK, OK)));
        assertThat(read.size()).isEqualTo(2);
        assertThat(read.rejected().rejected()).isEqualTo(2);
        assertThat(read.rejected().rejections())
                .extracting(Rejection::row)
                .containsExactly(Rejection.WHOLE_MESSAGE);
    }

    @Test
    void rejected_hasTheEventTimeIfThereIsOne_elseKafkas() {
        assertThat(Records.read(CLICK_JSON, record(clickBut("\"product_id\":{}"))).rejected())
                .extracting(rejected -> rejected.eventTimeMillis())
                .isEqualTo(KAFKA_TIME);
        assertThat(Records.read(EVENT, record(event("LIKE").setEventTimeMs(NOW))).rejected())
                .extracting(rejected -> rejected.eventTimeMillis())
                .isEqualTo(NOW);
    }

    @Test
    void defect_isRejectedAsSuch() {
        ReadRecord read = EventReader.failed(record("{}"), "defect 7");
        assertThat(read.rejected().rejections())
                .containsExactly(new Rejection(-1, "", "internal-error", "defect 7"));
    }

    /** Whatever the bytes are, they end as events or as a rejected record, never as a failure. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void anyDamage_endsInTheResult(int seed) {
        Random random = new Random(seed);
        Map<EventFormat, byte[]> good =
                Map.of(
                        CLICK_JSON, record(clickBut("\"metadata\":\"ab\"")).value(),
                        ORDER_JSON, record(order("42", NOW + "", OK, OK)).value(),
                        EVENT, event("ORDER").setSubOrderNum("S").build().toByteArray());
        for (Map.Entry<EventFormat, byte[]> sample : good.entrySet()) {
            for (int i = 0; i < 2000; i++) {
                byte[] damaged = Arrays.copyOf(sample.getValue(), sample.getValue().length);
                for (int hits = random.nextInt(3); hits >= 0; hits--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                int length =
                        random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
                ReadRecord read =
                        Records.read(
                                sample.getKey(),
                                record(Arrays.copyOf(damaged, length), KAFKA_TIME));
                assertThat(read.size()).as("seed %d", seed).isPositive();
            }
        }
    }
}
