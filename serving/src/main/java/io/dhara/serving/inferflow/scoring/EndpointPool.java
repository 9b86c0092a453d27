package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Servers by address, each connected to when it is first asked and let go when no plan in force
 * names it any more. Thread-safe; does not block.
 *
 * @param <A> what tells addresses apart
 */
final class EndpointPool<A, C extends RemoteClient> implements AutoCloseable {
    private final Function<A, C> connect;
    private final int maxCalls;
    private final int maxWaiting;
    private final Clock clock;
    private final ConcurrentHashMap<A, Endpoint<C>> endpoints = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * @param connect throws IllegalArgumentException for an address that is none
     */
    EndpointPool(Function<A, C> connect, int maxCalls, int maxWaiting, Clock clock) {
        this.connect = requireNonNull(connect, "connect is null");
        this.maxCalls = maxCalls;
        this.maxWaiting = maxWaiting;
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Makes a call, now or once others to the same server have ended.
     *
     * @param task given the client and the time left, which is positive
     * @return failed with {@link RemoteCallException} if it cannot be made
     */
    <T> CompletableFuture<T> call(
            A address, Instant deadline, BiFunction<C, Duration, CompletableFuture<T>> task) {
        while (!closed) {
            Endpoint<C> endpoint;
            try {
                endpoint = endpoints.computeIfAbsent(address, this::open);
            } catch (IllegalArgumentException e) {
                return CompletableFuture.failedFuture(
                        new RemoteCallException(
                                Kind.REFUSED, "no address " + address + ": " + e.getMessage()));
            }
            CompletableFuture<T> answer = endpoint.call(task, deadline);
            if (answer != null) {
                return answer;
            }
            endpoints.remove(address, endpoint);
        }
        return CompletableFuture.failedFuture(
                new RemoteCallException(Kind.UNAVAILABLE, "this server is closing"));
    }

    private Endpoint<C> open(A address) {
        return new Endpoint<>(
                address.toString(), connect.apply(address), maxCalls, maxWaiting, clock);
    }

    /** Lets go of all others. A call of an older plan connects again, until the next time. */
    void retain(Set<A> inForce) {
        endpoints.forEach(
                (address, endpoint) -> {
                    if (!inForce.contains(address) && endpoints.remove(address, endpoint)) {
                        endpoint.close();
                    }
                });
    }

    int size() {
        return endpoints.size();
    }

    @Override
    public void close() {
        closed = true;
        retain(Set.of());
    }
}
