package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.core.hash.Murmur3;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.inferflow.InferflowGrpc;
import io.dhara.proto.inferflow.InferflowRequestProto;
import io.dhara.proto.inferflow.InferflowResponseProto;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.Reply;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.StatusMapping;
import io.dhara.serving.inferflow.Execution;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.InputValues;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/**
 * {@code /Inferflow/RetrieveModelScore}: rows of text, column names first. Entities and features
 * are the inputs of the model's graph; those that it does not know are ignored.
 */
final class InferflowService extends InferflowGrpc.InferflowImplBase {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("ddMMyyyy", Locale.ROOT);
    private static final String USER_ID = "user_id";
    private static final String APP_VERSION_CODE = "app_version_code";

    private final ScoringModels models;
    private final Clock clock;
    private final Runnable late;

    /**
     * @param clock whose date in its own zone selects users
     * @param late told of an answer that nobody waits for any more
     */
    InferflowService(ScoringModels models, Clock clock, Runnable late) {
        this.models = requireNonNull(models, "models is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.late = requireNonNull(late, "late is null");
    }

    @Override
    public void retrieveModelScore(
            InferflowRequestProto request, StreamObserver<InferflowResponseProto> observer) {
        Reply.to(observer, late, StatusMapping::toStatus, () -> answer(request));
    }

    private CompletionStage<InferflowResponseProto> answer(InferflowRequestProto request) {
        CallerContext caller = CallerContext.current();
        PeerHeaders headers = PeerHeaders.current();
        if (request.getEntitiesCount() == 0) {
            throw new ServingException(ServingException.Kind.INVALID, "entities is empty");
        }
        GraphPlan plan = models.plan(request.getModelConfigId());
        return models.executor()
                .run(plan, inputs(plan, request, headers), caller, request.getTrackingId())
                .thenApply(
                        execution -> {
                            InferflowResponseProto answer = build(execution, headers, caller);
                            models.executor()
                                    .listener()
                                    .answered(execution, request.getTrackingId(), headers.userId());
                            return answer;
                        });
    }

    private static List<InputValues> inputs(
            GraphPlan plan, InferflowRequestProto request, PeerHeaders headers) {
        List<InputValues> inputs = new ArrayList<>();
        for (InferflowRequestProto.Entity entity : request.getEntitiesList()) {
            add(inputs, plan, entity.getEntity(), entity.getIdsList());
            for (InferflowRequestProto.Entity.Feature feature : entity.getFeaturesList()) {
                add(inputs, plan, feature.getName(), feature.getIdsFeatureValueList());
            }
        }
        addHeader(inputs, plan, USER_ID, headers.userId());
        addHeader(inputs, plan, APP_VERSION_CODE, headers.appVersionCode());
        return inputs;
    }

    private static void add(
            List<InputValues> inputs, GraphPlan plan, String name, List<String> values) {
        if (ScoringModels.isInput(plan.columns(), name)) {
            inputs.add(new InputValues(name, values));
        }
    }

    private static void addHeader(
            List<InputValues> inputs, GraphPlan plan, String name, String value) {
        boolean given = inputs.stream().anyMatch(input -> input.name().equals(name));
        if (!given && !value.isEmpty()) {
            add(inputs, plan, name, List.of(value));
        }
    }

    private InferflowResponseProto build(
            Execution execution, PeerHeaders headers, CallerContext caller) {
        FeatureMatrix matrix = execution.matrix();
        int[] columns = columns(execution.plan(), headers.userId());
        InferflowResponseProto.Builder response = InferflowResponseProto.newBuilder();
        InferflowResponseProto.ComponentData.Builder names = response.addComponentDataBuilder();
        for (int column : columns) {
            PlanColumn plan = matrix.columns().get(column);
            names.addData(plan.name());
        }
        for (int row = 0; row < matrix.rows(); row++) {
            InferflowResponseProto.ComponentData.Builder data = response.addComponentDataBuilder();
            for (int column : columns) {
                data.addData(AnswerCells.text(matrix, column, row));
            }
        }
        ScoringModels.tellDegraded(matrix, caller);
        return response.build();
    }

    /** Some users of each day also get what the models read. */
    private int[] columns(GraphPlan plan, String userId) {
        int[] answer = plan.answer();
        if (Murmur3.percentile(userId + DAY.format(LocalDate.now(clock)))
                >= plan.modelInputsPercent()) {
            return answer;
        }
        int[] inputs = plan.modelInputs();
        int[] both = Arrays.copyOf(inputs, inputs.length + answer.length);
        System.arraycopy(answer, 0, both, inputs.length, answer.length);
        return both;
    }
}
