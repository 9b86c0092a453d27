package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.UnsafeByteOperations;
import io.dhara.core.model.DataType;
import io.dhara.proto.v1.Column;
import io.dhara.proto.v1.FeaturesGrpc;
import io.dhara.proto.v1.GroupRows;
import io.dhara.proto.v1.GroupSelector;
import io.dhara.proto.v1.RetrieveRequest;
import io.dhara.proto.v1.RetrieveResponse;
import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.serving.feature.ReadPlan.Selection;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.Reply;
import io.dhara.serving.grpc.StatusMapping;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code dhara.v1.Features}: packed rows, a status per value, times and versions per group. */
final class FeaturesService extends FeaturesGrpc.FeaturesImplBase {
    private final FeatureReads reads;
    private final ReadMeters meters;
    private final Cache<ReadPlan, RetrieveResponse> heads =
            Caffeine.newBuilder().weakKeys().build();

    FeaturesService(FeatureReads reads, ReadMeters meters) {
        this.reads = requireNonNull(reads, "reads is null");
        this.meters = requireNonNull(meters, "meters is null");
    }

    @Override
    public void retrieve(RetrieveRequest request, StreamObserver<RetrieveResponse> observer) {
        Reply.to(observer, meters::lateAnswer, StatusMapping::toStatus, () -> answer(request));
    }

    private CompletionStage<RetrieveResponse> answer(RetrieveRequest request) {
        CallerContext caller = CallerContext.current();
        ReadPlan plan = reads.plan(request.getEntity(), groups(request), Dialect.DHARA);
        RequestedKeys keys =
                reads.keys(
                        plan,
                        new RequestedKeys.Source(
                                "key_columns",
                                request.getKeyColumnsCount() == 0
                                        ? null
                                        : request.getKeyColumnsList(),
                                false,
                                request.getKeysCount(),
                                row -> request.getKeys(row).getValuesList()));
        return reads.read(plan, keys, caller).thenApply(this::build);
    }

    private static List<GroupRequest> groups(RetrieveRequest request) {
        List<GroupRequest> groups = new ArrayList<>(request.getGroupsCount());
        for (GroupSelector selector : request.getGroupsList()) {
            groups.add(new GroupRequest(selector.getGroup(), selector.getFeaturesList()));
        }
        return groups;
    }

    private RetrieveResponse build(Answer answer) {
        answer.throwIfNothingWasRead();
        int[] rows = answer.keys().rows();
        int maxBytes = reads.settings().maxResponseBytes();
        Scratch scratch = Scratch.take(maxBytes);
        PackedCells cells =
                new PackedCells(
                        answer.plan(),
                        answer.keys().distinct().size(),
                        scratch.cells,
                        scratch.copier);
        answer.tell(cells, scratch.block);
        meters.answered(answer);
        RetrieveResponse.Builder response =
                heads.get(answer.plan(), FeaturesService::head).toBuilder()
                        .setRows(rows.length)
                        .setValues(UnsafeByteOperations.unsafeWrap(cells.values(rows, maxBytes)))
                        .setStatuses(UnsafeByteOperations.unsafeWrap(cells.statuses(rows)));
        for (Group group : answer.plan().groups()) {
            response.addGroups(groupRows(answer, group));
        }
        return response.build();
    }

    /** What all answers of one plan share. */
    private static RetrieveResponse head(ReadPlan plan) {
        RetrieveResponse.Builder head = RetrieveResponse.newBuilder();
        for (Selection selection : plan.selections()) {
            for (ReadPlan.Column column : selection.columns()) {
                head.addColumns(column(selection, column));
            }
        }
        return head.build();
    }

    private static Column column(Selection selection, ReadPlan.Column column) {
        DataType type = column.answered();
        return Column.newBuilder()
                .setGroup(selection.asked())
                .setFeature(column.label())
                .setDataType(type.wireName())
                .setWidth(column.width())
                .setVectorLength(type.isVector() ? column.spec().vectorLength() : 0)
                .build();
    }

    private static GroupRows groupRows(Answer answer, Group group) {
        GroupRows.Builder rows = GroupRows.newBuilder().setGroup(group.schema().label());
        for (int key : answer.keys().rows()) {
            GroupRead read = answer.read(key, group);
            rows.addEventTimeMs(Math.floorDiv(read.writeTimeMicros(), 1000L));
            rows.addSchemaVersion(read.schemaVersion());
            rows.addExpiryMs(read.expirySeconds(group.schema()) * 1000);
        }
        return rows.build();
    }
}
