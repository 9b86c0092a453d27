package io.dhara.localstack.demo;

import io.dhara.core.model.EntityKey;
import io.dhara.proto.v1.FeaturesGrpc;
import io.dhara.proto.v1.GroupSelector;
import io.dhara.proto.v1.MatrixGrpc;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import io.dhara.proto.v1.RetrieveRequest;
import io.dhara.proto.v1.RetrieveResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gRPC client of serving, as an inference service has one. Thread-safe. */
public final class FeatureReads implements AutoCloseable {
    private static final Metadata.Key<String> CALLER =
            Metadata.Key.of("online-feature-store-caller-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of("online-feature-store-auth-token", Metadata.ASCII_STRING_MARSHALLER);
    private static final int MAX_RESPONSE_BYTES = 64 << 20;
    private static final long DEADLINE_SECONDS = 20;

    private final ManagedChannel channel;
    private final FeaturesGrpc.FeaturesBlockingStub stub;
    private final MatrixGrpc.MatrixBlockingStub matrices;

    /**
     * @param target {@code host:port}
     */
    public FeatureReads(String target, String caller, String token) {
        Metadata headers = new Metadata();
        headers.put(CALLER, caller);
        headers.put(TOKEN, token);
        channel =
                NettyChannelBuilder.forTarget(target)
                        .usePlaintext()
                        .maxInboundMessageSize(MAX_RESPONSE_BYTES)
                        .build();
        stub =
                FeaturesGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        matrices =
                MatrixGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** All features of the named groups of keys of one entity, waiting for the answer. */
    RetrieveResponse read(String entity, List<EntityKey> keys, Collection<String> groups) {
        return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .retrieve(request(entity, keys, groups));
    }

    static RetrieveRequest request(String entity, List<EntityKey> keys, Collection<String> groups) {
        RetrieveRequest.Builder request = RetrieveRequest.newBuilder().setEntity(entity);
        keys.forEach(
                key ->
                        request.addKeys(
                                io.dhara.proto.v1.EntityKey.newBuilder()
                                        .addAllValues(key.values())));
        groups.forEach(group -> request.addGroups(GroupSelector.newBuilder().setGroup(group)));
        return request.build();
    }

    /** An asynchronous client on the same connection, without a deadline. */
    FeaturesGrpc.FeaturesFutureStub future() {
        return FeaturesGrpc.newFutureStub(stub.getChannel());
    }

    /** The matrix of a model, waiting for the answer. */
    RetrieveMatrixResponse matrix(RetrieveMatrixRequest request) {
        return matrices.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .retrieveMatrix(request);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
