package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import io.dhara.proto.retrieve.FeatureGroup;
import io.dhara.proto.retrieve.FeatureServiceGrpc;
import io.dhara.proto.retrieve.Query;
import io.dhara.serving.feature.CompatibleCells.Form;
import io.dhara.serving.feature.FeatureReadSettings.CompatDefaults;
import io.dhara.serving.feature.FeatureReadSettings.CompatErrors;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.Reply;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.StatusMapping;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * {@code retrieve.FeatureService} as BharatMLStack's clients know it: one row per requested key, in
 * request order, duplicates included. It extends no generated base class because it answers with
 * bytes built straight from blocks, through a marshaller of its own.
 */
final class RetrieveService implements BindableService {
    private final FeatureReads reads;
    private final ReadMeters meters;
    private final CompatibleResponse bytes;
    private final CompatibleResponse text = new CompatibleResponse(Form.TEXT);

    RetrieveService(FeatureReads reads, ReadMeters meters) {
        this.reads = requireNonNull(reads, "reads is null");
        this.meters = requireNonNull(meters, "meters is null");
        boolean asEtcd = reads.settings().compatDefaults() == CompatDefaults.ETCD;
        this.bytes = new CompatibleResponse(asEtcd ? Form.ETCD_DEFAULTS : Form.STORED_DEFAULTS);
    }

    @Override
    public ServerServiceDefinition bindService() {
        ServiceDescriptor generated = FeatureServiceGrpc.getServiceDescriptor();
        MethodDescriptor<Query, byte[]> features =
                built(FeatureServiceGrpc.getRetrieveFeaturesMethod());
        MethodDescriptor<Query, byte[]> decoded =
                built(FeatureServiceGrpc.getRetrieveDecodedResultMethod());
        ServiceDescriptor descriptor =
                ServiceDescriptor.newBuilder(generated.getName())
                        .setSchemaDescriptor(generated.getSchemaDescriptor())
                        .addMethod(features)
                        .addMethod(decoded)
                        .build();
        return ServerServiceDefinition.builder(descriptor)
                .addMethod(features, ServerCalls.asyncUnaryCall(this::retrieveFeatures))
                .addMethod(decoded, ServerCalls.asyncUnaryCall(this::retrieveDecodedResult))
                .build();
    }

    private static MethodDescriptor<Query, byte[]> built(MethodDescriptor<Query, ?> generated) {
        return generated.toBuilder(generated.getRequestMarshaller(), BuiltResponse.MARSHALLER)
                .build();
    }

    private void retrieveFeatures(Query query, StreamObserver<byte[]> observer) {
        Reply.to(
                observer,
                meters::lateAnswer,
                StatusMapping::toPeerStatus,
                () -> answer(query, bytes));
    }

    private void retrieveDecodedResult(Query query, StreamObserver<byte[]> observer) {
        Reply.to(
                observer,
                meters::lateAnswer,
                StatusMapping::toPeerStatus,
                () -> answer(query, text));
    }

    private CompletionStage<byte[]> answer(Query query, CompatibleResponse response) {
        CallerContext caller = CallerContext.current();
        ReadPlan plan = reads.plan(query.getEntityLabel(), groups(query), Dialect.COMPATIBLE);
        return reads.read(plan, keys(plan, query), caller)
                .thenApply(answer -> build(query, answer, response, caller));
    }

    private static List<GroupRequest> groups(Query query) {
        List<GroupRequest> groups = new ArrayList<>(query.getFeatureGroupsCount());
        for (FeatureGroup group : query.getFeatureGroupsList()) {
            groups.add(new GroupRequest(group.getLabel(), group.getFeatureLabelsList()));
        }
        return groups;
    }

    /** Keys that name no entity are INVALID_ARGUMENT here too; the peer looks up other keys. */
    private RequestedKeys keys(ReadPlan plan, Query query) {
        try {
            return reads.keys(
                    plan,
                    new RequestedKeys.Source(
                            "keys_schema",
                            query.getKeysSchemaList(),
                            true,
                            query.getKeysCount(),
                            row -> query.getKeys(row).getColsList()));
        } catch (ServingException e) {
            throw StatusMapping.toStatus(e);
        }
    }

    private byte[] build(
            Query query, Answer answer, CompatibleResponse response, CallerContext caller) {
        byte[] built = response.build(query, answer, reads.settings().maxResponseBytes());
        meters.answered(answer);
        Degradation degradation = Degradation.of(answer);
        if (!degradation.isNone()) {
            degradation.count(meters);
            if (reads.settings().compatErrors() == CompatErrors.FAIL) {
                degradation.throwIfStoreFailed();
            }
            caller.trailers().put(Degradation.TRAILER, degradation.trailer());
        }
        return built;
    }
}
