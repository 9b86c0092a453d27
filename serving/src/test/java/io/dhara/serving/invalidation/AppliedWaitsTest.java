package io.dhara.serving.invalidation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import io.dhara.proto.v1.WaitToken;
import io.dhara.serving.invalidation.AppliedWaits.Settled;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AppliedWaitsTest {
    private final AppliedWaits waits = new AppliedWaits();

    private static Invalidation applied(WaitToken... tokens) {
        return record(Outcome.OUTCOME_APPLIED, tokens);
    }

    private static Invalidation record(Outcome outcome, WaitToken... tokens) {
        Invalidation.Builder record = Invalidation.newBuilder().setOutcome(outcome);
        for (WaitToken token : tokens) {
            record.addWaits(token);
        }
        return record.build();
    }

    private static WaitToken token(String id, int unit, int units) {
        return WaitToken.newBuilder().setRequestId(id).setUnit(unit).setUnits(units).build();
    }

    @Test
    void settle_onlyWithTheLastUnit_answers() {
        CompletableFuture<Settled> settled = waits.await("a", 3);

        waits.settle(applied(token("a", 2, 3), token("b", 0, 1)), 1, 10);
        waits.settle(applied(token("a", 2, 3)), 1, 11);
        waits.settle(applied(token("a", 0, 3)), 0, 5);
        assertThat(settled).isNotDone();
        waits.settle(applied(token("a", 1, 3)), 1, 12);

        assertThat(settled.join().positions()).hasToString("0:5,1:12");
        assertThat(settled.join().rejected()).isZero();
    }

    @Test
    void settle_rejectedUnit_isNamedWithItsReason() {
        CompletableFuture<Settled> settled = waits.await("a", 2);

        waits.settle(applied(token("a", 0, 2)), 0, 1);
        waits.settle(
                record(Outcome.OUTCOME_REJECTED, token("a", 1, 2)).toBuilder()
                        .setReason("too-long")
                        .setDetail("city has 70 bytes, the limit is 64")
                        .build(),
                0,
                2);

        assertThat(settled.join().rejected()).isEqualTo(1);
        assertThat(settled.join().rejections())
                .containsExactly(
                        new AppliedWaits.Rejection(
                                1, "too-long", "city has 70 bytes, the limit is 64"));
    }

    @Test
    void settle_messageRejectedAsAWhole_endsEveryUnitNotSettledYet() {
        CompletableFuture<Settled> settled = waits.await("a", 4);

        waits.settle(applied(token("a", 1, 4)), 0, 1);
        waits.settle(
                record(Outcome.OUTCOME_REJECTED, token("a", 0, 0)).toBuilder()
                        .setReason("oversized-message")
                        .setDetail("message must have at most 100 bytes: got 101")
                        .build(),
                1,
                2);

        assertThat(settled.join().rejected()).isEqualTo(3);
        assertThat(settled.join().rejections())
                .containsExactly(
                        new AppliedWaits.Rejection(
                                0,
                                "oversized-message",
                                "message must have at most 100 bytes: got 101"));
        assertThat(settled.join().positions()).hasToString("0:1,1:2");
    }

    @Test
    void settle_tokenThatDoesNotFit_settlesNothing() {
        CompletableFuture<Settled> settled = waits.await("a", 2);

        waits.settle(applied(token("a", 2, 3)), 0, 1);
        waits.settle(applied(token("a", 7, 2)), 0, 2);
        waits.settle(applied(token("a", 0, 2)), 0, 3);

        assertThat(settled).isNotDone();
    }

    @Test
    void forget_leavesNothingBehind() {
        CompletableFuture<Settled> settled = waits.await("a", 1);
        assertThatThrownBy(() -> waits.await("a", 1)).hasMessageContaining("request id a");

        waits.forget("a");
        waits.settle(applied(token("a", 0, 1)), 0, 1);

        assertThat(settled).isNotDone();
        assertThat(waits.size()).isZero();
    }
}
