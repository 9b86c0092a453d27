package io.dhara.graph.config;

import io.dhara.graph.CandidateNode;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.expression.Expression;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over everything that decides what a plan answers. Equal on every process that compiles
 * the same definition against schemas of the same content. The revision of the schemas and the
 * warnings are left out. Every text is preceded by its length, so that no two plans run together.
 */
final class PlanDigest {
    private final MessageDigest digest;

    private PlanDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    static String of(GraphPlan plan) {
        PlanDigest of = new PlanDigest();
        of.put(plan.model(), plan.version(), plan.rowColumn());
        of.columns(plan.columns());
        of.nodes(plan.nodes());
        of.put(
                Arrays.toString(plan.answer()),
                Arrays.toString(plan.modelInputs()),
                plan.modelInputsPercent());
        GraphPlan.Slates slates = plan.slates();
        of.put(slates != null);
        if (slates != null) {
            of.columns(slates.columns());
            of.nodes(slates.nodes());
            of.put(Arrays.toString(slates.answer()));
        }
        of.put(plan.log().percent(), Arrays.toString(plan.log().columns()), plan.log().batchRows());
        return HexFormat.of().formatHex(of.digest.digest());
    }

    private void columns(List<PlanColumn> columns) {
        put(columns.size());
        for (PlanColumn column : columns) {
            put(column.name(), column.type(), column.vectorLength(), column.kind());
            put(HexFormat.of().formatHex(column.fallback()));
        }
    }

    private void nodes(List<GraphNode> nodes) {
        put(nodes.size());
        for (GraphNode node : nodes) {
            GraphNode.Head head = node.head();
            put(node.kind(), head.name(), Arrays.toString(head.waitsFor()), head.policy());
            put(Arrays.toString(head.reads()), Arrays.toString(head.produces()));
            expression(head.condition() == null ? null : head.condition().expression());
            if (node instanceof FeatureNode feature) {
                feature(feature);
            } else if (node instanceof ModelNode model) {
                model(model);
            } else if (node instanceof ExpressionNode computed) {
                expression(computed.expression());
                put(computed.column());
            } else if (node instanceof CandidateNode candidates) {
                put(candidates.generator(), candidates.endpoint(), candidates.limit());
                put(candidates.rowColumn(), candidates.values());
            }
        }
    }

    private void feature(FeatureNode node) {
        put(node.entity(), node.key(), node.compositeKey(), node.queryWithDefaults());
        put(Arrays.toString(node.compositeOrder()), node.groups().size());
        for (FeatureNode.Group group : node.groups()) {
            put(group.label(), group.version(), group.features());
            put(Arrays.toString(group.columns()));
        }
    }

    private void model(ModelNode node) {
        put(node.protocol(), node.targets(), node.shadows(), node.batchSize(), node.calibration());
        put(node.inputs().size(), node.outputs());
        for (ModelNode.Input input : node.inputs()) {
            put(input.name(), input.type(), Arrays.toString(input.shape()));
            put(Arrays.toString(input.columns()));
        }
    }

    private void expression(@Nullable Expression expression) {
        put(expression != null);
        if (expression != null) {
            put(expression.text(), expression.variables(), expression.result());
        }
    }

    private void put(Object... parts) {
        for (Object part : parts) {
            byte[] bytes = String.valueOf(part).getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
    }
}
