package io.dhara.serving.grpc;

import io.grpc.Metadata;

/** Request and response metadata that serving knows, by name. */
public final class CallHeaders {
    public static final Metadata.Key<String> CALLER_ID = text("online-feature-store-caller-id");
    public static final Metadata.Key<String> AUTH_TOKEN = text("online-feature-store-auth-token");

    /** How clients of {@code Inferflow} and {@code Predict} name themselves. */
    public static final Metadata.Key<String> INFERFLOW_CALLER_ID = text("inferflow-caller-id");

    public static final Metadata.Key<String> INFERFLOW_AUTH_TOKEN = text("inferflow-auth-token");

    /** Names the caller of BharatMLStack's interaction service. */
    public static final Metadata.Key<String> INTERACTION_CALLER_ID =
            text("interaction-store-caller-id");

    /** On a persist: {@code applied} answers only after the write is applied. */
    public static final Metadata.Key<String> WAIT = text("dhara-wait");

    /** On a persist: event time of the message, epoch milliseconds in decimal. */
    public static final Metadata.Key<String> EVENT_TIME = text("dhara-event-time-ms");

    /** On a persist: the schema version the values are meant for. */
    public static final Metadata.Key<String> SCHEMA_VERSION = text("dhara-schema-version");

    /** Trailer of a persist that waited: where the invalidation topic stood then. */
    public static final Metadata.Key<String> APPLIED_POSITION = text("dhara-applied-position");

    /** On a read: the {@link #APPLIED_POSITION} that the answer must not be older than. */
    public static final Metadata.Key<String> READ_AFTER = text("dhara-read-after");

    private CallHeaders() {}

    private static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
