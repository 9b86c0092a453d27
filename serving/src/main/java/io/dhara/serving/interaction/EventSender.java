package io.dhara.serving.interaction;

import io.dhara.serving.persist.Handover.Message;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where checked events go: {@link io.dhara.serving.persist.Handover#send}. */
@FunctionalInterface
public interface EventSender {
    CompletableFuture<Void> send(
            String topic, List<Message> messages, String repeat, Instant deadline);
}
