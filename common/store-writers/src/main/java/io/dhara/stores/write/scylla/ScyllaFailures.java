package io.dhara.stores.write.scylla;

import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.type.codec.CodecNotFoundException;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriter.Result;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Tells errors that will be the same next time from those that may not be. */
final class ScyllaFailures {
    /**
     * The statement itself is wrong: bad syntax, unknown table or column, no permission, a key the
     * server does not take, a value that does not fit its column. Every other error (no node,
     * timeout, overload, too few replicas, and the unknown) may pass.
     */
    private static final List<Class<? extends Throwable>> FINAL =
            List.of(QueryValidationException.class, CodecNotFoundException.class);

    private ScyllaFailures() {}

    static Outcome of(String table, Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        boolean last = FINAL.stream().anyMatch(type -> type.isInstance(failure));
        return new Outcome(
                last ? Result.REFUSED : Result.RETRY,
                "table "
                        + table
                        + ": "
                        + failure.getClass().getSimpleName()
                        + ": "
                        + failure.getMessage());
    }
}
