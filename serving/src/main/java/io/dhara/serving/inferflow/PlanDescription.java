package io.dhara.serving.inferflow;

import io.dhara.graph.CandidateNode;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.v1.DescribeModelResponse;
import io.dhara.proto.v1.MatrixColumn;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A plan as {@code dhara.v1.Matrix} tells of it. Immutable; thread-safe. */
final class PlanDescription {
    private final GraphPlan plan;
    private final MatrixColumn[] columns;

    PlanDescription(GraphPlan plan) {
        this.plan = plan;
        this.columns = new MatrixColumn[plan.columns().size()];
        String[] makers = new String[columns.length];
        Arrays.fill(makers, "");
        for (GraphNode node : plan.nodes()) {
            for (int column : node.head().produces()) {
                makers[column] = node.head().name();
            }
        }
        for (PlanColumn column : plan.columns()) {
            columns[column.index()] =
                    MatrixColumn.newBuilder()
                            .setName(column.name())
                            .setDataType(column.type().wireName())
                            .setWidth(column.width())
                            .setVectorLength(column.type().isVector() ? column.vectorLength() : 0)
                            .setNode(makers[column.index()])
                            .build();
        }
    }

    MatrixColumn column(int index) {
        return columns[index];
    }

    DescribeModelResponse describe(String problem) {
        DescribeModelResponse.Builder description =
                DescribeModelResponse.newBuilder()
                        .setModel(plan.model())
                        .setPlanDigest(plan.digest())
                        .setRowColumn(plan.row().name())
                        .addAllColumns(Arrays.asList(columns))
                        .addAllAnswer(names(plan.answer()))
                        .setProblem(problem);
        for (PlanColumn column : plan.columns()) {
            if (column.kind() == PlanColumn.Kind.INPUT) {
                description.addInputs(column.name());
            }
        }
        for (GraphNode node : plan.nodes()) {
            description.addNodes(
                    DescribeModelResponse.Node.newBuilder()
                            .setName(node.head().name())
                            .setKind(node.kind())
                            .addAllWaitsFor(
                                    Arrays.stream(node.head().waitsFor())
                                            .mapToObj(i -> plan.nodes().get(i).head().name())
                                            .toList())
                            .addAllReads(names(node.head().reads()))
                            .addAllProduces(names(node.head().produces()))
                            .setDetail(detail(node)));
        }
        return description.build();
    }

    private List<String> names(int[] some) {
        return Arrays.stream(some).mapToObj(i -> plan.columns().get(i).name()).toList();
    }

    private String detail(GraphNode node) {
        String detail = what(node);
        return node.head().condition() == null
                ? detail
                : detail + " if " + node.head().condition().expression().text();
    }

    private String what(GraphNode node) {
        if (node instanceof FeatureNode feature) {
            String key =
                    feature.key().stream()
                            .map(
                                    part ->
                                            part.schema()
                                                    + "="
                                                    + plan.columns().get(part.column()).name())
                            .collect(Collectors.joining(", "));
            String groups =
                    feature.groups().stream()
                            .map(group -> group.label() + "@v" + group.version())
                            .collect(Collectors.joining(", "));
            return "%s[%s]: %s".formatted(feature.entity(), key, groups);
        }
        if (node instanceof ModelNode model) {
            return model.targets().stream()
                    .map(
                            target ->
                                    "%s at %s, %d %%"
                                            .formatted(
                                                    target.model(),
                                                    target.endpoint(),
                                                    target.percent()))
                    .collect(Collectors.joining(", "));
        }
        if (node instanceof ExpressionNode expression) {
            return expression.expression().text();
        }
        CandidateNode candidates = (CandidateNode) node;
        return "%s at %s, at most %d"
                .formatted(candidates.generator(), candidates.endpoint(), candidates.limit());
    }
}
