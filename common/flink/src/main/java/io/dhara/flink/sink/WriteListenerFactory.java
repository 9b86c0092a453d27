package io.dhara.flink.sink;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Opens the {@link WriteListener} of one sink subtask, which closes it. */
@FunctionalInterface
public interface WriteListenerFactory extends Serializable {

    /**
     * @param context of the subtask: its metrics, its number, its class loader
     */
    WriteListener open(WriterInitContext context);

    /** A listener that acknowledges everything, for sinks nobody listens to. */
    static WriteListenerFactory none() {
        return context ->
                new WriteListener() {
                    @Override
                    public CompletionStage<Void> settled(List<SettledWrite> writes) {
                        return CompletableFuture.completedFuture(null);
                    }

                    @Override
                    public void close() {}
                };
    }
}
