package io.dhara.graph.config;

import io.dhara.core.model.DataType;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.InvalidGraphException;
import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles definitions into plans: lays out the columns, checks every name and type, orders the
 * nodes. What it lets through an executor can run without looking anything up; what it refuses it
 * refuses with all problems at once. Use {@link #compile}; an instance compiles once.
 */
public final class GraphCompiler {
    /** The largest number that the version's bits in a feature log's record hold. */
    static final int MAX_VERSION = 15;

    private static final Pattern MODEL_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
    private static final String GRAPH = "graph";

    private final GraphDefinition definition;
    private final SchemaSnapshot schemas;
    private final GraphLimits limits;
    private final Findings findings;
    private final ColumnTable columns;
    private final ColumnTable slateColumns;

    private GraphCompiler(GraphDefinition definition, SchemaSnapshot schemas, GraphLimits limits) {
        this.definition = definition;
        this.schemas = schemas;
        this.limits = limits;
        this.findings = new Findings(definition.source());
        this.columns = new ColumnTable(findings);
        this.slateColumns = new ColumnTable(findings);
    }

    /**
     * Compiles one definition.
     *
     * @param schemas that the features are of; their active versions are pinned in the plan
     * @throws InvalidGraphException with every problem, each naming the component, what was seen,
     *     what is allowed and the remedy where one is known
     */
    public static GraphPlan compile(
            GraphDefinition definition, SchemaSnapshot schemas, GraphLimits limits)
            throws InvalidGraphException {
        return new GraphCompiler(definition, schemas, limits).compile();
    }

    /** Whether a model may have this id; ids are compared exactly. */
    public static boolean isModelId(String id) {
        return MODEL_ID.matcher(id).matches();
    }

    private GraphPlan compile() throws InvalidGraphException {
        checkHead();
        checkNodes();
        int rowColumn = addInputs(definition.inputs(), columns, true);
        addInputs(definition.slateInputs(), slateColumns, false);
        List<ComponentDefinition> main = components(false);
        List<ComponentDefinition> ofSlates = components(true);
        new ColumnLayout(schemas, limits, findings, columns).add(main);
        new ColumnLayout(schemas, limits, findings, slateColumns).add(ofSlates);
        checkSize();

        NodeCompiler mainNodes =
                new NodeCompiler(schemas, limits, findings, columns, columns, rowColumn);
        List<NodeDraft> drafts = mainNodes.compile(main);
        List<GraphNode> nodes = new NodeLinker(findings, columns, Set.of()).link(main, drafts);
        NodeCompiler slateNodes =
                new NodeCompiler(schemas, limits, findings, columns, slateColumns, -1);
        List<NodeDraft> slateDrafts = slateNodes.compile(ofSlates);
        List<GraphNode> slates =
                new NodeLinker(findings, slateColumns, names(main)).link(ofSlates, slateDrafts);

        int[] answer = answer();
        int[] log = log(answer);
        int[] modelInputs = modelInputs(nodes, slates);
        if (!findings.none()) {
            throw new InvalidGraphException(definition.model(), findings.problems());
        }
        warnOfUnread(nodes, answer, log);
        GraphPlan plan = plan("", rowColumn, nodes, answer, modelInputs, slates(slates), log);
        return plan(
                PlanDigest.of(plan), rowColumn, nodes, answer, modelInputs, slates(slates), log);
    }

    private GraphPlan plan(
            String digest,
            int rowColumn,
            List<GraphNode> nodes,
            int[] answer,
            int[] modelInputs,
            GraphPlan.@Nullable Slates slates,
            int[] log) {
        return new GraphPlan(
                definition.model(),
                definition.version(),
                digest,
                schemas.revision(),
                columns.columns(),
                rowColumn,
                nodes,
                answer,
                modelInputs,
                definition.modelInputsPercent(),
                slates,
                new GraphPlan.Log(definition.log().percent(), log, definition.log().batchRows()),
                findings.warnings());
    }

    private void checkHead() {
        findings.problems().addAll(definition.problems());
        definition.warnings().forEach(warning -> findings.warning(GRAPH, warning));
        if (!isModelId(definition.model())) {
            findings.problem(
                    GRAPH,
                    "has the model id \""
                            + definition.model()
                            + "\": an id has 1 to 128 letters, digits, _ . or - and begins with a"
                            + " letter or digit");
        }
        range("version", definition.version(), 0, MAX_VERSION);
        range("the percent of answers with model inputs", definition.modelInputsPercent(), 0, 100);
        range("the percent of requests logged", definition.log().percent(), 0, 100);
        range("rows of a log record", definition.log().batchRows(), 1, 100_000);
        if (definition.components().isEmpty()) {
            findings.problem(GRAPH, "has no components: give it at least one");
        }
        Set<String> names = new HashSet<>();
        for (ComponentDefinition component : definition.components()) {
            String name = component.head().name();
            if (!NODE_NAME.matcher(name).matches()) {
                findings.problem(
                        GRAPH,
                        "has a component named \""
                                + name
                                + "\": a name has 1 to 128 letters, digits, _ . or -");
            }
            if (!names.add(name)) {
                findings.problem("component " + name, "is there twice: give one another name");
            }
        }
    }

    private void range(String what, int value, int from, int to) {
        if (value < from || value > to) {
            findings.problem(
                    GRAPH, "has " + value + " for " + what + ": must be " + from + ".." + to);
        }
    }

    /** Returns the index of the row column, or -1. */
    private int addInputs(
            List<GraphDefinition.Input> inputs, ColumnTable table, boolean mainMatrix) {
        int rowColumn = -1;
        for (GraphDefinition.Input input : inputs) {
            String part = "input " + input.name();
            DataType type = ColumnLayout.type(findings, part, input.type());
            if (type == null || !isLength(part, type, input.vectorLength())) {
                table.broken(input.name());
                continue;
            }
            int index =
                    table.add(
                            part,
                            ColumnTable.CALLER,
                            input.name(),
                            type,
                            input.vectorLength(),
                            PlanColumn.Kind.INPUT,
                            null);
            if (!input.row()) {
                continue;
            }
            if (rowColumn >= 0) {
                findings.problem(
                        part,
                        "sets the rows, and so does "
                                + table.at(rowColumn).name()
                                + ": exactly one input does");
            }
            if (type.isVector() || type.kind() == DataType.Kind.FLOAT) {
                findings.problem(
                        part,
                        "sets the rows and is "
                                + TypeNames.text(type)
                                + ": ids are String, whole numbers or Bool");
            }
            rowColumn = index;
        }
        if (mainMatrix && rowColumn < 0) {
            findings.problem(
                    GRAPH, "has no input that sets the rows: mark one of them with row: true");
        }
        return rowColumn;
    }

    private boolean isLength(String part, DataType type, int length) {
        boolean fits = ColumnTable.isLength(type, length);
        if (!fits) {
            findings.problem(
                    part,
                    "is "
                            + TypeNames.text(type)
                            + " of vector-length "
                            + length
                            + ": a vector has 1..65535 elements, a scalar none");
        }
        return fits;
    }

    private List<ComponentDefinition> components(boolean ofSlates) {
        return definition.components().stream()
                .filter(component -> component.head().slate() == ofSlates)
                .toList();
    }

    private static Set<String> names(List<ComponentDefinition> components) {
        Set<String> names = new HashSet<>();
        components.forEach(component -> names.add(component.head().name()));
        return names;
    }

    /** Before anything costly is done with them. */
    private void checkNodes() throws InvalidGraphException {
        int nodes = definition.components().size();
        if (nodes > limits.nodes()) {
            findings.problem(
                    GRAPH, "has " + nodes + " components: at most " + limits.nodes() + " are run");
            throw new InvalidGraphException(definition.model(), findings.problems());
        }
    }

    private void checkSize() {
        for (ColumnTable table : List.of(columns, slateColumns)) {
            int count = table.columns().size();
            if (count > limits.columns()) {
                findings.problem(
                        GRAPH, "has " + count + " columns: at most " + limits.columns() + " fit");
            }
        }
        for (PlanColumn column : slateColumns.columns()) {
            if (column.kind() != PlanColumn.Kind.INPUT && columns.get(column.name()) != null) {
                findings.problem(
                        "component " + slateColumns.producer(column),
                        "fills the slates' column "
                                + column.name()
                                + ", which the main matrix has too: give it another name");
            }
        }
    }

    private int[] answer() {
        if (definition.answer().isEmpty()) {
            findings.problem(GRAPH, "answers no column: list at least one under answer");
        }
        return indices("answers", definition.answer());
    }

    private int[] log(int[] answer) {
        List<String> names = definition.log().columns();
        return names.isEmpty() ? answer.clone() : indices("logs", names);
    }

    /** Those of the main matrix; names of slate columns are passed over. */
    private int[] indices(String does, List<String> names) {
        Set<String> seen = new HashSet<>();
        IntStream.Builder indices = IntStream.builder();
        for (String name : names) {
            if (!seen.add(name)) {
                findings.problem(GRAPH, does + " column " + name + " twice: name it once");
            }
            PlanColumn column = columns.get(name);
            if (column != null) {
                indices.add(column.index());
            } else if (slateColumns.get(name) == null) {
                columns.reportUnknown(GRAPH, does, name);
            }
        }
        return indices.build().toArray();
    }

    private static int[] modelInputs(List<GraphNode> nodes, List<GraphNode> slates) {
        Set<Integer> indices = new LinkedHashSet<>();
        List<GraphNode> all = new ArrayList<>(nodes);
        all.addAll(slates);
        for (GraphNode node : all) {
            if (node instanceof ModelNode model) {
                model.inputs()
                        .forEach(input -> IntStream.of(input.columns()).forEach(indices::add));
            }
        }
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }

    private GraphPlan.@Nullable Slates slates(List<GraphNode> nodes) {
        if (nodes.isEmpty()) {
            return null;
        }
        Set<String> answered = new HashSet<>(definition.answer());
        int[] answer =
                slateColumns.columns().stream()
                        .filter(column -> column.kind() != PlanColumn.Kind.INPUT)
                        .filter(column -> answered.contains(column.name()))
                        .mapToInt(PlanColumn::index)
                        .toArray();
        return new GraphPlan.Slates(slateColumns.columns(), nodes, answer);
    }

    private void warnOfUnread(List<GraphNode> nodes, int[] answer, int[] log) {
        Set<Integer> read = new HashSet<>();
        IntStream.concat(IntStream.of(answer), IntStream.of(log)).forEach(read::add);
        nodes.forEach(node -> IntStream.of(node.head().reads()).forEach(read::add));
        if (!slateColumns.columns().isEmpty()) {
            return;
        }
        for (GraphNode node : nodes) {
            boolean used = IntStream.of(node.head().produces()).anyMatch(read::contains);
            if (!used && node.head().produces().length > 0) {
                findings.warning(
                        "component " + node.head().name(),
                        "fills nothing that is read, answered or logged");
            }
        }
    }
}
