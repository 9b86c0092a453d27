package io.dhara.sessionizer.operator;

import static io.dhara.sessionizer.operator.SessionizeBed.T0;
import static io.dhara.sessionizer.operator.SessionizeBed.click;
import static io.dhara.sessionizer.operator.SessionizeBed.seconds;
import static io.dhara.sessionizer.operator.SessionizeBed.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.tier.ManualTiers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionizeOperatorTest {
    private final ManualTiers tiers = new ManualTiers();

    private List<List<Long>> published() {
        return tiers.sessions.records().stream().map(SessionizeBed::seconds).toList();
    }

    @Test
    void event_isInTheHotTier_withinTheFlushInterval() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.pass(Duration.ofMillis(49));
            assertThat(tiers.hot.has("u")).isFalse();
            bed.pass(Duration.ofMillis(1));
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(1L);
            assertThat(tiers.hot.isHot("u")).isTrue();
        }
    }

    @Test
    void firstEvent_loadsHistory() throws Exception {
        tiers.cold.put("u", click("u", -1000), click("u", -2000));
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.pass(Duration.ofMillis(50));
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(1L, -1000L, -2000L);
        }
    }

    @Test
    void appOpen_loadsHistory_andTheSessionHasNoItems() throws Exception {
        tiers.cold.put("u", click("u", -1000));
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.appOpen("u", 1);
            bed.pass(Duration.ofMillis(50));
            assertThat(tiers.hot.isHot("u")).isTrue();
            bed.watermark(31);
            SessionRecord record = tiers.sessions.records().get(0);
            assertThat(record.getItemsList()).isEmpty();
            assertThat(record.getCountsMap()).containsExactly(java.util.Map.entry("APP_OPEN", 1));
            assertThat(tiers.gate.count("prepare")).isZero();
            assertThat(tiers.cold.updates()).isZero();
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void gap_flushes_coldBeforeHot_andOneRecord() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 20, 50);
            bed.watermarkMillis(T0 + 79_999);
            assertThat(tiers.sessions.records()).isEmpty();
            bed.watermark(80);
            assertThat(tiers.gate.calls("prepare", "publish", "write", "close"))
                    .containsExactly("prepare u", "publish u", "write u", "close u");
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(50L, 20L, 1L);
            assertThat(tiers.hot.has("u")).isFalse();
            SessionRecord record = tiers.sessions.records().get(0);
            assertThat(record.getSessionId()).isEqualTo("u:" + (T0 + 1000));
            assertThat(record.getClosed()).isEqualTo(SessionClosed.SESSION_CLOSED_GAP);
            assertThat(record.getEndMs()).isEqualTo(T0 + 50_000);
            assertThat(record.getCountsMap()).containsEntry("CLICK", 3);
            assertThat(seconds(record)).containsExactly(1L, 20L, 50L);
        }
    }

    @Test
    void eventExactlyAtTheGap_stays_oneMillisecondMoreOpensANewSession() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 0, 30);
            bed.event(
                    stored(
                            new io.dhara.core.interaction.Interaction(
                                    "u", "CLICK", 1, 0, T0 + 60_001, "", "")));
            bed.watermark(200);
            assertThat(published()).containsExactly(List.of(0L, 30L), List.of(60L));
        }
    }

    @Test
    void outOfOrderInsideLateness_equalsInOrder() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 50, 1, 100, 20, 131);
            bed.watermark(10);
            bed.clicks("u", 75);
            bed.watermark(200);
            assertThat(published())
                    .containsExactly(List.of(1L, 20L, 50L, 75L, 100L), List.of(131L));
        }
    }
}
