package io.dhara.serving.inferflow;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.UnsafeByteOperations;
import io.dhara.graph.CandidateNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.v1.DescribeModelRequest;
import io.dhara.proto.v1.DescribeModelResponse;
import io.dhara.proto.v1.InputColumn;
import io.dhara.proto.v1.MatrixGrpc;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.Reply;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.serving.grpc.StatusMapping;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code dhara.v1.Matrix}: typed columns, a status per cell and a report per node. */
final class MatrixService extends MatrixGrpc.MatrixImplBase {
    private final GraphRegistry graphs;
    private final GraphExecutor executor;
    private final Runnable late;
    private final Cache<GraphPlan, PlanDescription> descriptions =
            Caffeine.newBuilder().weakKeys().build();

    /**
     * @param late told of an answer that nobody waits for any more
     */
    MatrixService(GraphRegistry graphs, GraphExecutor executor, Runnable late) {
        this.graphs = requireNonNull(graphs, "graphs is null");
        this.executor = requireNonNull(executor, "executor is null");
        this.late = requireNonNull(late, "late is null");
    }

    @Override
    public void retrieveMatrix(
            RetrieveMatrixRequest request, StreamObserver<RetrieveMatrixResponse> observer) {
        Reply.to(observer, late, StatusMapping::toStatus, () -> answer(request));
    }

    @Override
    public void describeModel(
            DescribeModelRequest request, StreamObserver<DescribeModelResponse> observer) {
        Reply.to(observer, late, StatusMapping::toStatus, () -> describe(request.getModel()));
    }

    private CompletionStage<DescribeModelResponse> describe(String model) {
        String problem = graphs.problems().getOrDefault(model, "");
        return CompletableFuture.completedFuture(description(plan(model)).describe(problem));
    }

    private CompletionStage<RetrieveMatrixResponse> answer(RetrieveMatrixRequest request) {
        CallerContext caller = CallerContext.current();
        GraphPlan plan = plan(request.getModel());
        checkAllGiven(plan, request);
        int[] columns = columns(plan, request.getColumnsList());
        List<InputValues> inputs = new ArrayList<>(request.getInputsCount());
        for (InputColumn input : request.getInputsList()) {
            inputs.add(new InputValues(input.getName(), input.getValuesList()));
        }
        return executor.run(plan, inputs, caller, request.getTrackingId())
                .thenApply(
                        execution -> {
                            RetrieveMatrixResponse answer = build(execution, columns, request);
                            executor.listener().answered(execution, request.getTrackingId(), "");
                            return answer;
                        });
    }

    private GraphPlan plan(String model) {
        GraphPlan plan = graphs.plan(model);
        if (plan != null) {
            return plan;
        }
        String problem = graphs.problems().get(model);
        throw new ServingException(
                Kind.NOT_FOUND,
                "model " + model + (problem == null ? " not found" : " is refused: " + problem));
    }

    /** Every input has to be given, but for the rows where the model can find them itself. */
    private static void checkAllGiven(GraphPlan plan, RetrieveMatrixRequest request) {
        boolean findsRows = plan.nodes().stream().anyMatch(CandidateNode.class::isInstance);
        for (PlanColumn column : plan.columns()) {
            if (column.kind() != PlanColumn.Kind.INPUT
                    || (findsRows && column.index() == plan.rowColumn())) {
                continue;
            }
            boolean given = false;
            for (InputColumn input : request.getInputsList()) {
                given |= input.getName().equals(column.name());
            }
            if (!given) {
                throw new ServingException(
                        Kind.INVALID,
                        "input " + column.name() + " of model " + plan.model() + " is missing");
            }
        }
    }

    private static int[] columns(GraphPlan plan, List<String> names) {
        if (names.isEmpty()) {
            return plan.answer();
        }
        Map<String, PlanColumn> byName = plan.columnsByName();
        int[] columns = new int[names.size()];
        for (int i = 0; i < columns.length; i++) {
            PlanColumn column = byName.get(names.get(i));
            if (column == null) {
                throw new ServingException(
                        Kind.INVALID,
                        "columns: %s is none of model %s".formatted(names.get(i), plan.model()));
            }
            columns[i] = column.index();
        }
        return columns;
    }

    private RetrieveMatrixResponse build(
            Execution execution, int[] columns, RetrieveMatrixRequest request) {
        throwIfNothingWasRead(execution.reports());
        GraphPlan plan = execution.plan();
        FeatureMatrix matrix = execution.matrix();
        int limit = executor.settings().maxResponseBytes();
        RetrieveMatrixResponse.Builder response =
                RetrieveMatrixResponse.newBuilder()
                        .setRows(matrix.rows())
                        .setPlanDigest(plan.digest());
        PlanDescription description = description(plan);
        for (int column : columns) {
            response.addColumns(description.column(column));
        }
        switch (request.getFormat()) {
            case MATRIX_FORMAT_PACKED -> {
                PackedMatrix packed = new PackedMatrix(matrix, columns);
                response.setValues(UnsafeByteOperations.unsafeWrap(packed.values(limit)));
                response.setStatuses(UnsafeByteOperations.unsafeWrap(packed.statuses()));
            }
            case MATRIX_FORMAT_ARROW ->
                    response.setArrow(
                            UnsafeByteOperations.unsafeWrap(
                                    ArrowStream.of(matrix, columns, limit)));
            case UNRECOGNIZED ->
                    throw new ServingException(
                            Kind.INVALID, "format: unknown number " + request.getFormatValue());
        }
        execution.reports().forEach(report -> response.addNodes(toProto(report)));
        return response.build();
    }

    private PlanDescription description(GraphPlan plan) {
        return descriptions.get(plan, PlanDescription::new);
    }

    /** Marks in a matrix are for a part that failed; when all did, the call has failed. */
    private static void throwIfNothingWasRead(List<NodeReport> reports) {
        boolean failed = false;
        boolean late = true;
        String message = "";
        for (NodeReport report : reports) {
            switch (report.outcome()) {
                case OK, PARTIAL -> {
                    return;
                }
                case FAILED, LATE -> {
                    failed = true;
                    late &= report.outcome() == Outcome.LATE;
                    message =
                            message.isEmpty()
                                    ? report.node().head().name() + ": " + report.message()
                                    : message;
                }
                case SKIPPED -> {}
            }
        }
        if (failed) {
            throw new ServingException(
                    late ? Kind.DEADLINE : Kind.UNAVAILABLE, "no node answered; " + message);
        }
    }

    private static io.dhara.proto.v1.NodeReport toProto(NodeReport report) {
        return io.dhara.proto.v1.NodeReport.newBuilder()
                .setName(report.node().head().name())
                .setOutcome(outcome(report.outcome()))
                .setMessage(report.message())
                .setStartedUs((int) (report.startedNanos() / 1000))
                .setTookUs((int) (report.tookNanos() / 1000))
                .setAttempts(report.attempts())
                .setAsked(report.asked())
                .build();
    }

    private static io.dhara.proto.v1.NodeReport.Outcome outcome(Outcome outcome) {
        return switch (outcome) {
            case OK -> io.dhara.proto.v1.NodeReport.Outcome.OK;
            case PARTIAL -> io.dhara.proto.v1.NodeReport.Outcome.PARTIAL;
            case FAILED -> io.dhara.proto.v1.NodeReport.Outcome.FAILED;
            case LATE -> io.dhara.proto.v1.NodeReport.Outcome.LATE;
            case SKIPPED -> io.dhara.proto.v1.NodeReport.Outcome.SKIPPED;
        };
    }
}
