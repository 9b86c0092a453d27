package io.dhara.stores.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Prepared statements by shape. A statement is prepared once, callers that come meanwhile share the
 * wait; a failure is forgotten, so the next caller tries again (the column may have been added).
 * Holds at most {@value #MAX_SHAPES} shapes and starts anew above that. Thread-safe.
 *
 * @param <S> what statements differ by; a record
 */
public final class PreparedStatements<S> {
    private static final int MAX_SHAPES = 4096;

    private final ConcurrentHashMap<S, CompletableFuture<PreparedStatement>> byShape =
            new ConcurrentHashMap<>();
    private final Function<S, String> cql;

    /**
     * @param cql text of the statement of a shape
     */
    public PreparedStatements(Function<S, String> cql) {
        this.cql = cql;
    }

    public CompletableFuture<PreparedStatement> get(CqlSession session, S shape) {
        CompletableFuture<PreparedStatement> known = byShape.get(shape);
        if (known != null) {
            return known;
        }
        if (byShape.size() >= MAX_SHAPES) {
            byShape.clear();
        }
        CompletableFuture<PreparedStatement> fresh = new CompletableFuture<>();
        CompletableFuture<PreparedStatement> other = byShape.putIfAbsent(shape, fresh);
        if (other != null) {
            return other;
        }
        session.prepareAsync(cql.apply(shape))
                .whenComplete(
                        (prepared, failure) -> {
                            if (failure != null) {
                                byShape.remove(shape, fresh);
                                fresh.completeExceptionally(failure);
                            } else {
                                fresh.complete(prepared);
                            }
                        });
        return fresh;
    }
}
