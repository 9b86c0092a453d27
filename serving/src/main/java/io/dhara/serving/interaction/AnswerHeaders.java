package io.dhara.serving.interaction;

import io.dhara.serving.grpc.CallerContext;
import io.grpc.Metadata;

/** What the peer's messages have no field for, in the trailers of its calls. */
final class AnswerHeaders {
    /** {@code hot}, {@code cold}, {@code both} or {@code none}. */
    static final Metadata.Key<String> TIER = text("dhara-tier");

    /** {@code true} when the open session's interactions may be missing; else absent. */
    static final Metadata.Key<String> HOT_TIER_INCOMPLETE = text("dhara-hot-tier-incomplete");

    /** {@code true} when there are more in range than were asked for; else absent. */
    static final Metadata.Key<String> TRUNCATED = text("dhara-truncated");

    private static final String TRUE = "true";

    private AnswerHeaders() {}

    private static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    static void put(InteractionAnswer answer, CallerContext caller) {
        Metadata trailers = caller.trailers();
        trailers.put(TIER, answer.tier().label());
        if (answer.hotTierIncomplete()) {
            trailers.put(HOT_TIER_INCOMPLETE, TRUE);
        }
        if (answer.truncated()) {
            trailers.put(TRUNCATED, TRUE);
        }
    }
}
