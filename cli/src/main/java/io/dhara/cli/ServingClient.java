package io.dhara.cli;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import picocli.CommandLine.Option;

/** Opens a channel to serving that carries the caller's name and token. */
final class ServingClient {
    private static final Metadata.Key<String> CALLER =
            Metadata.Key.of("online-feature-store-caller-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of("online-feature-store-auth-token", Metadata.ASCII_STRING_MARSHALLER);
    private static final int MAX_RESPONSE_BYTES = 64 << 20;

    @Option(
            names = "--caller",
            defaultValue = "demo",
            description = "Caller id. Default: ${DEFAULT-VALUE}.")
    private String caller;

    @Option(
            names = "--token",
            defaultValue = "${env:DHARA_TOKEN:-demo}",
            description =
                    "Its token; better given as environment variable DHARA_TOKEN. Default: demo.")
    private String token;

    /** A channel that is shut down when closed. */
    record Connection(ManagedChannel managed, Channel channel) implements AutoCloseable {
        @Override
        public void close() {
            managed.shutdownNow();
        }
    }

    Connection connect(String target) {
        Metadata headers = new Metadata();
        headers.put(CALLER, caller);
        headers.put(TOKEN, token);
        ManagedChannel managed =
                NettyChannelBuilder.forTarget(target)
                        .usePlaintext()
                        .maxInboundMessageSize(MAX_RESPONSE_BYTES)
                        .build();
        return new Connection(
                managed,
                ClientInterceptors.intercept(
                        managed, MetadataUtils.newAttachHeadersInterceptor(headers)));
    }

    /** The failure of a call in words, with what to do about it. */
    static CommandFailure failure(String target, StatusRuntimeException e) {
        String remedy =
                switch (e.getStatus().getCode()) {
                    case UNAVAILABLE ->
                            " Is it running? ./dhara up starts a stack, ./dhara doctor looks at it.";
                    case UNAUTHENTICATED, INVALID_ARGUMENT ->
                            " See --caller and --token, and the names asked for.";
                    case NOT_FOUND -> " ./dhara registry get shows what there is.";
                    default -> "";
                };
        return new CommandFailure(
                "serving at "
                        + target
                        + " answered "
                        + e.getStatus().getCode()
                        + ": "
                        + e.getStatus().getDescription()
                        + "."
                        + remedy,
                e);
    }
}
