package io.dhara.ingest.invalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.SettledWrite;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.flink.source.SourcePosition;
import io.dhara.ingest.domain.Notice;
import io.dhara.ingest.domain.RejectReason;
import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import io.dhara.proto.v1.WaitToken;
import io.dhara.stores.write.BlockWrite;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InvalidationsTest {
    private static SettledWrite settled(
            SettledWrite.Outcome outcome, String key, String group, long time, WaitUnit... waits) {
        BlockWrite write =
                new BlockWrite(
                        new EntityKey("user", List.of(key, "c")),
                        group,
                        0,
                        "1",
                        time,
                        0,
                        new byte[1]);
        return new SettledWrite(
                new PendingWrite(write, SourcePosition.NONE, List.of(waits)), outcome, "why");
    }

    @Test
    void recordKey_isEntityAndValues() {
        Invalidation invalidation =
                Invalidation.newBuilder()
                        .setEntity("user")
                        .addKeyValues("a")
                        .addKeyValues("b")
                        .build();
        assertThat(new String(Invalidations.recordKey(invalidation), StandardCharsets.UTF_8))
                .isEqualTo("user\u0000a\u001fb");
    }

    @Test
    void groupsOfOneKey_shareARecord() {
        List<Invalidation> all =
                Invalidations.of(
                        List.of(
                                settled(SettledWrite.Outcome.APPLIED, "a", "g1", 5),
                                settled(SettledWrite.Outcome.APPLIED, "b", "g1", 6),
                                settled(SettledWrite.Outcome.EXPIRED, "a", "g2", 9)));
        assertThat(all).hasSize(2);
        assertThat(all.get(0).getKeyValuesList()).containsExactly("a", "c");
        assertThat(all.get(0).getGroupsList()).containsExactly("g1", "g2");
        assertThat(all.get(0).getWriteTimeMicros()).isEqualTo(9);
        assertThat(all.get(0).getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    }

    @Test
    void refusedWrite_isToldOnlyToThoseWhoWait() {
        List<Invalidation> all =
                Invalidations.of(
                        List.of(
                                settled(SettledWrite.Outcome.REFUSED, "a", "g1", 5),
                                settled(
                                        SettledWrite.Outcome.REFUSED,
                                        "b",
                                        "g1",
                                        5,
                                        new WaitUnit("r", 1, 3))));
        assertThat(all).hasSize(1);
        assertThat(all.get(0).getOutcome()).isEqualTo(Outcome.OUTCOME_REJECTED);
        assertThat(all.get(0).getReason()).isEqualTo("store-refused");
        assertThat(all.get(0).getDetail()).isEqualTo("why");
        assertThat(all.get(0).getWaits(0))
                .isEqualTo(WaitToken.newBuilder().setRequestId("r").setUnit(1).setUnits(3).build());
    }

    @Test
    void manyWaits_areSpreadOverRecords() {
        WaitUnit[] waits =
                IntStream.range(0, 2500)
                        .mapToObj(i -> new WaitUnit("r", i, 2500))
                        .toArray(WaitUnit[]::new);
        List<Invalidation> all =
                Invalidations.of(
                        List.of(settled(SettledWrite.Outcome.APPLIED, "a", "g", 5, waits)));
        assertThat(all).extracting(Invalidation::getWaitsCount).containsExactly(1000, 1000, 500);
    }

    @Test
    void notice_ofRejection_hasReason() {
        Invalidation invalidation =
                Invalidations.of(
                        new Notice(
                                "user",
                                List.of("u"),
                                List.of("g"),
                                RejectReason.WRONG_COUNT,
                                "2 instead of 1",
                                List.of(new WaitUnit("r", 0, 1))));
        assertThat(invalidation.getOutcome()).isEqualTo(Outcome.OUTCOME_REJECTED);
        assertThat(invalidation.getReason()).isEqualTo("wrong-count");
        assertThat(invalidation.getDetail()).isEqualTo("2 instead of 1");
    }

    @Test
    void notice_ofExpiry_isApplied() {
        Invalidation invalidation =
                Invalidations.of(
                        new Notice(
                                "user",
                                List.of("u"),
                                List.of("g"),
                                null,
                                "",
                                List.of(new WaitUnit("r", 0, 1))));
        assertThat(invalidation.getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    }
}
