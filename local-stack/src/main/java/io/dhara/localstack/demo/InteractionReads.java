package io.dhara.localstack.demo;

import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.PersistInteractionsRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gRPC client of serving's interactions, as an inference service has one. Thread-safe. */
public final class InteractionReads implements AutoCloseable {
    private static final Metadata.Key<String> CALLER =
            Metadata.Key.of("online-feature-store-caller-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of("online-feature-store-auth-token", Metadata.ASCII_STRING_MARSHALLER);
    private static final long DEADLINE_SECONDS = 20;

    private final ManagedChannel channel;
    private final InteractionsGrpc.InteractionsBlockingStub stub;

    /**
     * @param target {@code host:port}
     */
    public InteractionReads(String target, String caller, String token) {
        Metadata headers = new Metadata();
        headers.put(CALLER, caller);
        headers.put(TOKEN, token);
        channel = NettyChannelBuilder.forTarget(target).usePlaintext().build();
        stub =
                InteractionsGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** The newest k of each type, waiting for the answer. */
    InteractionsResponse last(String userId, Collection<String> types, int k) {
        return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .getLast(
                        GetLastRequest.newBuilder()
                                .setUserId(userId)
                                .addAllTypes(types)
                                .setK(k)
                                .build());
    }

    /** Hands events to Kafka through serving. */
    void persist(InteractionEvent... events) {
        stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .persist(
                        PersistInteractionsRequest.newBuilder()
                                .addAllEvents(List.of(events))
                                .build());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
