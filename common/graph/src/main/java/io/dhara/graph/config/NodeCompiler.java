package io.dhara.graph.config;

import io.dhara.core.model.DataType;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.CandidateNode;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.NodePolicy;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.RowCondition;
import io.dhara.graph.expression.Expression;
import io.dhara.graph.expression.Expression.Variable;
import io.dhara.graph.expression.ExpressionCompiler;
import io.dhara.graph.expression.ExpressionException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the components of one matrix and turns their names into columns. */
final class NodeCompiler {
    private static final int MAX_RETRIES = 10;
    private static final int MAX_CANDIDATES = 100_000;

    private final GraphLimits limits;
    private final Findings findings;
    private final ColumnTable columns;
    private final int rowColumn;
    private final FeatureNodeCompiler features;
    private final ModelNodeCompiler models;
    private final Map<String, Variable> offered;

    /**
     * @param mainColumns what models read
     * @param columns of the matrix that is filled
     * @param rowColumn index of the row column; -1 for the slates'
     */
    NodeCompiler(
            SchemaSnapshot schemas,
            GraphLimits limits,
            Findings findings,
            ColumnTable mainColumns,
            ColumnTable columns,
            int rowColumn) {
        this.limits = limits;
        this.findings = findings;
        this.columns = columns;
        this.rowColumn = rowColumn;
        this.features = new FeatureNodeCompiler(schemas, limits, findings, columns);
        this.models = new ModelNodeCompiler(findings, mainColumns, columns);
        this.offered = new HashMap<>();
        for (PlanColumn column : columns.columns()) {
            if (ExpressionCompiler.isVariableName(column.name())) {
                offered.put(
                        column.name(), new Variable(column.name(), column.index(), column.type()));
            }
        }
    }

    /** One draft per component, in order; null for those that are refused. */
    List<@Nullable NodeDraft> compile(List<ComponentDefinition> components) {
        List<@Nullable NodeDraft> drafts = new ArrayList<>();
        boolean candidates = false;
        for (ComponentDefinition component : components) {
            checkPolicy(component);
            RowCondition condition = condition(component);
            if (component instanceof ComponentDefinition.Features node) {
                drafts.add(features.compile(node, condition));
            } else if (component instanceof ComponentDefinition.Model node) {
                drafts.add(models.compile(node, condition));
            } else if (component instanceof ComponentDefinition.Computed node) {
                drafts.add(computed(node, condition));
            } else if (component instanceof ComponentDefinition.Candidates node) {
                if (candidates) {
                    findings.problem(
                            part(node), "gives the rows and so does another: one component does");
                }
                candidates = true;
                drafts.add(candidates(node));
            }
        }
        return drafts;
    }

    static String part(ComponentDefinition component) {
        return "component " + component.head().name();
    }

    private void checkPolicy(ComponentDefinition component) {
        NodePolicy policy = component.head().policy();
        if (policy.timeout().isNegative() || policy.backoff().isNegative()) {
            findings.problem(
                    part(component),
                    "has a timeout of "
                            + policy.timeout()
                            + " and a backoff of "
                            + policy.backoff()
                            + ": neither can be negative");
        }
        if (policy.retries() < 0 || policy.retries() > MAX_RETRIES) {
            findings.problem(
                    part(component),
                    "has " + policy.retries() + " retries: must be 0.." + MAX_RETRIES);
        }
    }

    private @Nullable RowCondition condition(ComponentDefinition component) {
        String text = component.head().when();
        if (text == null) {
            return null;
        }
        Expression expression = expression(component, "when", text);
        if (expression == null) {
            return null;
        }
        if (expression.result() != DataType.BOOL) {
            findings.problem(
                    part(component),
                    "has a condition that gives "
                            + TypeNames.text(expression.result())
                            + ": must give Bool, such as price > 0: "
                            + text);
            return null;
        }
        return new RowCondition(expression);
    }

    private @Nullable NodeDraft computed(
            ComponentDefinition.Computed node, @Nullable RowCondition condition) {
        Expression expression = expression(node, "expression", node.expression());
        PlanColumn column = columns.get(node.column());
        if (expression == null || column == null) {
            return null;
        }
        if (!fits(expression.result(), column.type())) {
            findings.problem(
                    part(node),
                    "fills column "
                            + column.name()
                            + " of type "
                            + TypeNames.text(column.type())
                            + " by an expression that gives "
                            + TypeNames.text(expression.result())
                            + ": "
                            + node.expression());
            return null;
        }
        BitSet reads = reads(expression, condition);
        return new NodeDraft(
                node,
                reads,
                reads,
                new int[] {column.index()},
                condition,
                false,
                head -> new ExpressionNode(head, expression, column.index()));
    }

    private static boolean fits(DataType result, DataType column) {
        boolean number =
                switch (column.kind()) {
                    case FLOAT, INT, UINT -> true;
                    case STRING, BOOL -> false;
                };
        return switch (result) {
            case FP64 -> number && !column.isVector();
            case FP64_VECTOR -> number && column.isVector();
            default -> result == column;
        };
    }

    /** Null after telling what is wrong with it. */
    private @Nullable Expression expression(
            ComponentDefinition component, String what, String text) {
        String part = part(component);
        if (text.isEmpty()) {
            return null; // Its reader told of it.
        }
        if (text.length() > limits.expressionChars()) {
            findings.problem(
                    part,
                    "has an expression of "
                            + text.length()
                            + " characters under "
                            + what
                            + ": at most "
                            + limits.expressionChars()
                            + " are compiled");
            return null;
        }
        Map<String, Variable> variables = new HashMap<>(offered);
        boolean complete = true;
        for (Map.Entry<String, String> name : component.head().names().entrySet()) {
            PlanColumn column = columns.get(name.getValue());
            if (!ExpressionCompiler.isVariableName(name.getKey())) {
                findings.problem(
                        part,
                        "names a variable \""
                                + name.getKey()
                                + "\": a variable has letters, digits and _, does not begin with a"
                                + " digit and is no word of the language");
                complete = false;
            } else if (column == null) {
                columns.reportUnknown(part, "reads", name.getValue());
                complete = false;
            } else {
                variables.put(
                        name.getKey(), new Variable(name.getKey(), column.index(), column.type()));
            }
        }
        if (!complete) {
            return null;
        }
        try {
            return ExpressionCompiler.compile(text, variables);
        } catch (ExpressionException e) {
            findings.problem(
                    part, "has a text under " + what + " that is refused: " + e.getMessage());
            return null;
        }
    }

    /** Columns that an expression and a condition read. */
    static BitSet reads(@Nullable Expression expression, @Nullable RowCondition condition) {
        BitSet reads = new BitSet();
        if (expression != null) {
            expression.variables().forEach(variable -> reads.set(variable.column()));
        }
        if (condition != null) {
            condition.expression().variables().forEach(variable -> reads.set(variable.column()));
        }
        return reads;
    }

    private @Nullable NodeDraft candidates(ComponentDefinition.Candidates node) {
        String part = part(node);
        if (node.head().when() != null || node.head().slate()) {
            findings.problem(
                    part,
                    "gives the rows, before there are any: it has no condition and no slates");
            return null;
        }
        if (node.head().after() != null && !node.head().after().isEmpty()) {
            findings.problem(
                    part,
                    "gives the rows and so waits for no component: got " + node.head().after());
        }
        if (node.generator().isEmpty() || !ModelNodeCompiler.isEndpoint(node.endpoint())) {
            findings.problem(
                    part,
                    "asks generator \""
                            + node.generator()
                            + "\" at \""
                            + node.endpoint()
                            + "\": both must be given, the second as "
                            + ModelNodeCompiler.ENDPOINT_FORMS);
        }
        if (node.limit() < 1 || node.limit() > MAX_CANDIDATES) {
            findings.problem(
                    part, "has a limit of " + node.limit() + ": must be 1.." + MAX_CANDIDATES);
        }
        BitSet reads = new BitSet();
        for (PlanColumn column : columns.columns()) {
            if (node.sends() == null
                    && column.kind() == PlanColumn.Kind.INPUT
                    && column.index() != rowColumn) {
                reads.set(column.index());
            }
        }
        for (String name : node.sends() == null ? List.<String>of() : node.sends()) {
            PlanColumn column = columns.get(name);
            if (column == null) {
                columns.reportUnknown(part, "sends", name);
            } else if (column.kind() != PlanColumn.Kind.INPUT || column.index() == rowColumn) {
                findings.problem(
                        part,
                        "sends column "
                                + name
                                + ": only inputs other than the rows are known before it runs");
            } else {
                reads.set(column.index());
            }
        }
        List<Integer> values = new ArrayList<>();
        for (GraphDefinition.Input value : node.values()) {
            PlanColumn column = columns.get(value.name());
            if (column != null) {
                values.add(column.index());
            }
        }
        return new NodeDraft(
                node,
                reads,
                new BitSet(),
                values.stream().mapToInt(Integer::intValue).toArray(),
                null,
                true,
                head ->
                        new CandidateNode(
                                head,
                                node.generator(),
                                node.endpoint(),
                                node.limit(),
                                rowColumn,
                                values));
    }
}
