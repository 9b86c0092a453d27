package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.predict.ContextFeature;
import io.dhara.proto.predict.DataType;
import io.dhara.proto.predict.FeatureSchema;
import io.dhara.proto.predict.PairScore;
import io.dhara.proto.predict.PairWiseRequest;
import io.dhara.proto.predict.PairWiseResponse;
import io.dhara.proto.predict.PointWiseRequest;
import io.dhara.proto.predict.PointWiseResponse;
import io.dhara.proto.predict.PredictGrpc;
import io.dhara.proto.predict.SlateScore;
import io.dhara.proto.predict.SlateWiseRequest;
import io.dhara.proto.predict.SlateWiseResponse;
import io.dhara.proto.predict.Target;
import io.dhara.proto.predict.TargetScore;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.Reply;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.StatusMapping;
import io.dhara.serving.inferflow.Execution;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/**
 * {@code /Predict/*}: typed scores for targets, pairs and slates. A row of the main matrix is a
 * target; pairs are slates of two. Each answered row says in {@code error} which of its cells
 * failed.
 */
final class PredictService extends PredictGrpc.PredictImplBase {
    private final ScoringModels models;
    private final SlateScoring slates;
    private final Runnable late;

    /**
     * @param late told of an answer that nobody waits for any more
     */
    PredictService(ScoringModels models, SlateScoring slates, Runnable late) {
        this.models = requireNonNull(models, "models is null");
        this.slates = requireNonNull(slates, "slates is null");
        this.late = requireNonNull(late, "late is null");
    }

    @Override
    public void inferPointWise(
            PointWiseRequest request, StreamObserver<PointWiseResponse> observer) {
        Reply.to(observer, late, StatusMapping::toStatus, () -> points(request));
    }

    @Override
    public void inferPairWise(PairWiseRequest request, StreamObserver<PairWiseResponse> observer) {
        Reply.to(observer, late, StatusMapping::toStatus, () -> pairs(request));
    }

    @Override
    public void inferSlateWise(
            SlateWiseRequest request, StreamObserver<SlateWiseResponse> observer) {
        Reply.to(observer, late, StatusMapping::toStatus, () -> slates(request));
    }

    private CompletionStage<PointWiseResponse> points(PointWiseRequest request) {
        CallerContext caller = CallerContext.current();
        Main main =
                new Main(
                        models.plan(request.getModelConfigId()),
                        request.getTrackingId(),
                        request.getContextFeaturesList(),
                        request.getTargetInputSchemaList(),
                        request.getTargetsList());
        return run(main, caller)
                .thenApply(
                        execution -> {
                            PointWiseResponse.Builder response = PointWiseResponse.newBuilder();
                            int[] answer = main.plan.answer();
                            FeatureMatrix matrix = execution.matrix();
                            response.addAllTargetOutputSchema(schema(matrix, answer));
                            targetScores(matrix, answer, response::addTargetScores);
                            ScoringModels.tellDegraded(matrix, caller);
                            tellListener(execution, main);
                            return response.build();
                        });
    }

    private CompletionStage<PairWiseResponse> pairs(PairWiseRequest request) {
        Main main =
                new Main(
                        models.plan(request.getModelConfigId()),
                        request.getTrackingId(),
                        request.getContextFeaturesList(),
                        request.getTargetInputSchemaList(),
                        request.getTargetsList());
        List<List<Integer>> indices = new ArrayList<>();
        request.getPairsList()
                .forEach(
                        pair ->
                                indices.add(
                                        List.of(
                                                pair.getFirstTargetIndex(),
                                                pair.getSecondTargetIndex())));
        return slated(
                        main,
                        new Slated(
                                "pairs",
                                indices,
                                request.getPairInputSchemaList(),
                                row -> request.getPairs(row).getFeatureValuesList()))
                .thenApply(
                        scored -> {
                            PairWiseResponse.Builder response =
                                    PairWiseResponse.newBuilder()
                                            .addAllTargetOutputSchema(scored.targetSchema())
                                            .addAllPairOutputSchema(scored.slateSchema());
                            targetScores(
                                    scored.main, main.plan.answer(), response::addTargetScores);
                            for (int row = 0; row < scored.slates.rows(); row++) {
                                response.addPairScores(
                                        PairScore.newBuilder()
                                                .setError(scored.error(row))
                                                .addAllOutputValues(
                                                        values(scored.slates, scored.answer, row)));
                            }
                            return response.build();
                        });
    }

    private CompletionStage<SlateWiseResponse> slates(SlateWiseRequest request) {
        Main main =
                new Main(
                        models.plan(request.getModelConfigId()),
                        request.getTrackingId(),
                        request.getContextFeaturesList(),
                        request.getTargetInputSchemaList(),
                        request.getTargetsList());
        List<List<Integer>> indices = new ArrayList<>();
        request.getSlatesList().forEach(slate -> indices.add(slate.getTargetIndicesList()));
        return slated(
                        main,
                        new Slated(
                                "slates",
                                indices,
                                request.getSlateInputSchemaList(),
                                row -> request.getSlates(row).getFeatureValuesList()))
                .thenApply(
                        scored -> {
                            SlateWiseResponse.Builder response =
                                    SlateWiseResponse.newBuilder()
                                            .addAllTargetOutputSchema(scored.targetSchema())
                                            .addAllSlateOutputSchema(scored.slateSchema());
                            targetScores(
                                    scored.main, main.plan.answer(), response::addTargetScores);
                            for (int row = 0; row < scored.slates.rows(); row++) {
                                response.addSlateScores(
                                        SlateScore.newBuilder()
                                                .setError(scored.error(row))
                                                .addAllOutputValues(
                                                        values(scored.slates, scored.answer, row)));
                            }
                            return response.build();
                        });
    }

    /** What the three requests have in common. */
    private record Main(
            GraphPlan plan,
            String trackingId,
            List<ContextFeature> context,
            List<FeatureSchema> schema,
            List<Target> targets) {
        Main {
            if (targets.isEmpty()) {
                throw PredictValue.invalid("targets is empty");
            }
        }
    }

    /**
     * Pairs or slates.
     *
     * @param field of the request
     * @param values of each, by the schema
     */
    private record Slated(
            String field,
            List<List<Integer>> indices,
            List<FeatureSchema> schema,
            IntFunction<List<ByteString>> values) {}

    private CompletionStage<Execution> run(Main main, CallerContext caller) {
        int maxRows = models.executor().settings().maxRows();
        if (main.targets.size() > maxRows) {
            throw PredictValue.invalid(
                    "targets: at most %d, got %d".formatted(maxRows, main.targets.size()));
        }
        PredictInputs inputs = new PredictInputs(main.plan.columns());
        inputs.addIds(main.plan.row().name(), main.targets);
        inputs.addContext(main.context);
        inputs.addRows(
                "targets",
                main.schema,
                main.targets.size(),
                row -> main.targets.get(row).getFeatureValuesList());
        return models.executor().run(main.plan, inputs.inputs(), caller, main.trackingId);
    }

    private CompletionStage<Scored> slated(Main main, Slated slated) {
        CallerContext caller = CallerContext.current();
        GraphPlan.Slates plan = main.plan.slates();
        if (plan == null) {
            throw new ServingException(
                    ServingException.Kind.FAILED_PRECONDITION,
                    "model %s scores no %s".formatted(main.plan.model(), slated.field));
        }
        List<int[]> rows =
                SlateInputs.checked(
                        slated.field,
                        slated.indices,
                        main.targets.size(),
                        models.executor().settings().maxRows());
        PredictInputs inputs = new PredictInputs(plan.columns());
        SlateInputs.addIndices(inputs, rows);
        inputs.addContext(main.context);
        inputs.addRows(slated.field, slated.schema, rows.size(), slated.values);
        FeatureMatrix matrix = SlateInputs.matrix(plan.columns(), rows.size(), inputs.inputs());
        return run(main, caller)
                .thenCompose(
                        execution ->
                                slates.run(
                                                models.executor(),
                                                new SlateScoring.Request(
                                                        main.plan,
                                                        plan,
                                                        execution.matrix(),
                                                        matrix,
                                                        rows),
                                                caller,
                                                main.trackingId)
                                        .thenApply(
                                                done -> {
                                                    tellListener(execution, main);
                                                    return scored(
                                                            plan,
                                                            rows,
                                                            main,
                                                            execution.matrix(),
                                                            done.matrix(),
                                                            caller);
                                                }));
    }

    /** The peer logs the targets alone, and no user. */
    private void tellListener(Execution execution, Main main) {
        models.executor().listener().answered(execution, main.trackingId, "");
    }

    private static Scored scored(
            GraphPlan.Slates plan,
            List<int[]> rows,
            Main main,
            FeatureMatrix targets,
            FeatureMatrix slates,
            CallerContext caller) {
        ScoringModels.tellDegraded(targets, caller);
        ScoringModels.tellDegraded(slates, caller);
        return new Scored(targets, main.plan.answer(), slates, plan.answer(), rows);
    }

    /** Both matrices, filled. */
    private record Scored(
            FeatureMatrix main,
            int[] mainAnswer,
            FeatureMatrix slates,
            int[] answer,
            List<int[]> rows) {

        List<FeatureSchema> targetSchema() {
            return schema(main, mainAnswer);
        }

        List<FeatureSchema> slateSchema() {
            return schema(slates, answer);
        }

        /** Of the slate itself, or of the first of its targets that has one. */
        String error(int slate) {
            String error = AnswerCells.error(slates, slate);
            int[] targets = rows.get(slate);
            for (int i = 0; error.isEmpty() && i < targets.length; i++) {
                String ofTarget = AnswerCells.error(main, targets[i]);
                error = ofTarget.isEmpty() ? "" : "target " + targets[i] + ": " + ofTarget;
            }
            return error;
        }
    }

    private static List<FeatureSchema> schema(FeatureMatrix matrix, int[] columns) {
        List<FeatureSchema> schema = new ArrayList<>(columns.length);
        for (int index : columns) {
            PlanColumn column = matrix.columns().get(index);
            schema.add(
                    FeatureSchema.newBuilder()
                            .setName(column.name())
                            .setDataType(DataType.forNumber(column.type().id()))
                            .setVectorDim(column.type().isVector() ? column.vectorLength() : 0)
                            .build());
        }
        return schema;
    }

    private interface TargetScores {
        void add(TargetScore score);
    }

    private static void targetScores(FeatureMatrix matrix, int[] columns, TargetScores scores) {
        for (int row = 0; row < matrix.rows(); row++) {
            scores.add(
                    TargetScore.newBuilder()
                            .setError(AnswerCells.error(matrix, row))
                            .addAllOutputValues(values(matrix, columns, row))
                            .build());
        }
    }

    private static List<ByteString> values(FeatureMatrix matrix, int[] columns, int row) {
        List<ByteString> values = new ArrayList<>(columns.length);
        for (int column : columns) {
            values.add(AnswerCells.bytes(matrix, column, row));
        }
        return values;
    }
}
