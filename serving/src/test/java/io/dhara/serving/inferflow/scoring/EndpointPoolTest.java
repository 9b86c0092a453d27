package io.dhara.serving.inferflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import io.dhara.testkit.ManualClock;
import io.grpc.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class EndpointPoolTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final String A = "a:1";

    private final ManualClock clock = new ManualClock(START);
    private final List<Client> made = new ArrayList<>();
    private final EndpointPool<String, Client> pool =
            new EndpointPool<>(this::connect, 1, 2, clock);

    /** Answers when the test says so. */
    private static final class Client implements RemoteClient {
        final List<CompletableFuture<String>> calls = new ArrayList<>();
        final List<Context> contexts = new ArrayList<>();
        int closed;

        CompletableFuture<String> call() {
            CompletableFuture<String> call = new CompletableFuture<>();
            calls.add(call);
            contexts.add(Context.current());
            return call;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private Client connect(String address) {
        if (address.isEmpty()) {
            throw new IllegalArgumentException("empty");
        }
        Client client = new Client();
        made.add(client);
        return client;
    }

    private CompletableFuture<String> call(Duration left) {
        return pool.call(A, clock.instant().plus(left), (client, remaining) -> client.call());
    }

    private static Kind kindOf(CompletableFuture<?> call) {
        try {
            call.getNow(null);
        } catch (CompletionException e) {
            return ((RemoteCallException) e.getCause()).kind();
        }
        throw new AssertionError("it did not fail");
    }

    @Test
    void call_beyondTheBound_waitsItsTurnAndBeyondThatIsRefused() {
        CompletableFuture<String> first = call(Duration.ofSeconds(1));
        CompletableFuture<String> second = call(Duration.ofSeconds(1));
        CompletableFuture<String> third = call(Duration.ofSeconds(1));
        assertThat(kindOf(call(Duration.ofSeconds(1)))).isEqualTo(Kind.BUSY);
        assertThat(made.get(0).calls).hasSize(1);

        made.get(0).calls.get(0).complete("1");
        assertThat(first).isCompletedWithValue("1");
        made.get(0).calls.get(1).completeExceptionally(new RemoteCallException(Kind.LATE, "x"));
        assertThat(kindOf(second)).isEqualTo(Kind.LATE);
        made.get(0).calls.get(2).complete("3");
        assertThat(third).isCompletedWithValue("3");
    }

    @Test
    void call_whoseDeadlinePassesWhileItWaits_isNeverMade() {
        CompletableFuture<String> first = call(Duration.ofSeconds(2));
        CompletableFuture<String> second = call(Duration.ofSeconds(1));
        clock.advance(Duration.ofMillis(1_500));
        made.get(0).calls.get(0).complete("1");
        assertThat(first).isCompletedWithValue("1");
        assertThat(kindOf(second)).isEqualTo(Kind.LATE);
        assertThat(made.get(0).calls).hasSize(1);
    }

    @Test
    void call_thatWaitedForAnother_runsInItsOwnContext() {
        Context.CancellableContext other = Context.current().withCancellation();
        try {
            other.run(() -> call(Duration.ofSeconds(1)));
            call(Duration.ofSeconds(1));
            other.run(() -> made.get(0).calls.get(0).complete("1"));
        } finally {
            other.cancel(null);
        }
        assertThat(made.get(0).contexts.get(1).isCancelled()).isFalse();
    }

    @Test
    void retain_addressNoLongerNamed_isClosedAfterItsLastCall() {
        CompletableFuture<String> call = call(Duration.ofSeconds(1));
        pool.retain(Set.of());
        assertThat(pool.size()).isZero();
        assertThat(made.get(0).closed).isZero();
        made.get(0).calls.get(0).complete("1");
        assertThat(call).isCompletedWithValue("1");
        assertThat(made.get(0).closed).isEqualTo(1);

        CompletableFuture<String> again = call(Duration.ofSeconds(1));
        made.get(1).calls.get(0).complete("2");
        assertThat(again).isCompletedWithValue("2");
    }

    @Test
    void call_noAddressOrClosed_fails() {
        assertThat(kindOf(pool.call("", START.plusSeconds(1), (client, left) -> client.call())))
                .isEqualTo(Kind.REFUSED);
        pool.close();
        assertThat(kindOf(call(Duration.ofSeconds(1)))).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void call_taskThatThrows_failsTheCallAndFreesItsPlace() {
        CompletableFuture<String> broken =
                pool.call(
                        A,
                        START.plusSeconds(1),
                        (client, left) -> {
                            throw new IllegalStateException("broken");
                        });
        assertThatThrownBy(broken::join).hasMessageContaining("broken");
        call(Duration.ofSeconds(1));
        assertThat(made.get(0).calls).hasSize(1);
    }
}
