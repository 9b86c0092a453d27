package io.dhara.graph.config;

import static io.dhara.graph.config.NodeCompiler.part;

import io.dhara.core.model.DataType;
import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.RowCondition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Checks components that ask a model: where, and that columns and tensors have one size. */
final class ModelNodeCompiler {
    static final String ENDPOINT_FORMS =
            "host:port (grpc://, grpcs://), as an http:// or https:// URL for http, or as a name"
                    + " of the settings inferflow.model-servers";

    private static final Pattern ENDPOINT =
            Pattern.compile("((https?|grpcs?)://)?[A-Za-z0-9._\\[\\]:-]+(/\\S*)?");
    private static final int MAX_ELEMENTS = 1 << 20;
    private static final int MAX_BATCH = 100_000;

    private final Findings findings;
    private final ColumnTable read;
    private final ColumnTable filled;

    ModelNodeCompiler(Findings findings, ColumnTable read, ColumnTable filled) {
        this.findings = findings;
        this.read = read;
        this.filled = filled;
    }

    static boolean isEndpoint(String endpoint) {
        return ENDPOINT.matcher(endpoint).matches();
    }

    /** Null when it is refused. */
    @Nullable NodeDraft compile(ComponentDefinition.Model node, @Nullable RowCondition condition) {
        String part = part(node);
        boolean ofSlates = node.head().slate();
        if (ofSlates && condition != null) {
            findings.problem(part, "scores slates and has a condition: conditions are for rows");
        }
        checkTargets(node);
        if (node.batchSize() < 1 || node.batchSize() > MAX_BATCH) {
            findings.problem(
                    part, "has a batch size of " + node.batchSize() + ": must be 1.." + MAX_BATCH);
        }
        List<ModelNode.Input> inputs = inputs(part, node);
        List<ModelNode.Output> outputs = outputs(part, node);
        if (inputs == null || outputs == null) {
            return null;
        }
        BitSet reads = NodeCompiler.reads(null, condition);
        inputs.forEach(input -> IntStream.of(input.columns()).forEach(reads::set));
        return new NodeDraft(
                node,
                reads,
                ofSlates ? new BitSet() : reads,
                outputs.stream()
                        .flatMap(output -> output.scores().stream())
                        .mapToInt(ModelNode.Score::column)
                        .toArray(),
                condition,
                false,
                head ->
                        new ModelNode(
                                head,
                                node.protocol(),
                                node.targets(),
                                node.shadows(),
                                node.batchSize(),
                                node.calibration(),
                                inputs,
                                outputs));
    }

    private void checkTargets(ComponentDefinition.Model node) {
        String part = part(node);
        int sum = 0;
        List<ModelNode.Target> all = new ArrayList<>(node.targets());
        all.addAll(node.shadows());
        for (ModelNode.Target target : all) {
            boolean url = target.endpoint().startsWith("http");
            boolean http = node.protocol() == ModelNode.Protocol.HTTP_INVOCATIONS;
            boolean name = !target.endpoint().contains(":");
            if (!isEndpoint(target.endpoint()) || !name && http != url) {
                findings.problem(
                        part,
                        "asks a model at \""
                                + target.endpoint()
                                + "\" over "
                                + node.protocol()
                                + ": an endpoint is given as "
                                + ENDPOINT_FORMS);
            }
            if (target.model().isEmpty()) {
                findings.problem(part, "asks a model without a name: give it under model");
            }
            if (target.percent() < 0 || target.percent() > 100) {
                findings.problem(
                        part, "sends " + target.percent() + " percent to a model: must be 0..100");
            }
        }
        for (ModelNode.Target target : node.targets()) {
            sum += Math.max(0, Math.min(target.percent(), 100));
        }
        if (node.targets().isEmpty()) {
            findings.problem(part, "has no model to ask: give it an endpoint");
        } else if (sum != 100) {
            findings.problem(
                    part, "shares out " + sum + " percent of its calls: shares sum to 100");
        }
    }

    private @Nullable List<ModelNode.Input> inputs(String part, ComponentDefinition.Model node) {
        if (node.inputs().isEmpty()) {
            findings.problem(part, "sends no tensor: list at least one under inputs");
        }
        List<ModelNode.Input> inputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        boolean complete = true;
        for (ComponentDefinition.ModelInput input : node.inputs()) {
            if (!names.add(input.name())) {
                findings.problem(part, "sends tensor " + input.name() + " twice: send it once");
            }
            ModelNode.Input compiled = input(part, input);
            complete &= compiled != null;
            if (compiled != null) {
                inputs.add(compiled);
            }
        }
        return complete ? inputs : null;
    }

    private ModelNode.@Nullable Input input(String part, ComponentDefinition.ModelInput input) {
        DataType type = scalar(part, input.name(), input.type());
        long wanted = elements(part, input);
        long given = 0;
        List<Integer> indices = new ArrayList<>();
        for (String name : input.columns()) {
            PlanColumn column = read.get(name);
            if (column == null) {
                read.reportUnknown(part, "reads", name);
                continue;
            }
            indices.add(column.index());
            given += column.type().isVector() ? column.vectorLength() : 1;
            if (type != null && !converts(column, type)) {
                findings.problem(
                        part,
                        "sends column "
                                + name
                                + " of type "
                                + TypeNames.text(column.type())
                                + " in tensor "
                                + input.name()
                                + " of "
                                + TypeNames.text(type)
                                + ": text and numbers do not mix, but for inputs that are numbers"
                                + " as text");
                return null;
            }
        }
        if (type == null || wanted < 0 || indices.size() < input.columns().size()) {
            return null;
        }
        if (given != wanted) {
            findings.problem(
                    part,
                    "fills tensor "
                            + input.name()
                            + " of shape "
                            + input.shape()
                            + ", "
                            + wanted
                            + " elements, from columns of "
                            + given
                            + ": the sizes must be equal");
            return null;
        }
        return new ModelNode.Input(input.name(), type, ints(input.shape()), ints(indices));
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean converts(PlanColumn column, DataType tensor) {
        if (tensor == DataType.STRING) {
            return column.type().kind() == DataType.Kind.STRING;
        }
        return column.type().kind() != DataType.Kind.STRING
                || column.type() == DataType.STRING && column.kind() == PlanColumn.Kind.INPUT;
    }

    /** Elements of a row, or -1 after telling what is wrong. */
    private long elements(String part, ComponentDefinition.ModelInput input) {
        long product = 1;
        boolean fits = !input.shape().isEmpty();
        for (int dimension : input.shape()) {
            fits &= dimension > 0;
            product = Math.min(product * Math.max(dimension, 1), MAX_ELEMENTS + 1L);
        }
        if (!fits || product > MAX_ELEMENTS) {
            findings.problem(
                    part,
                    "sends tensor "
                            + input.name()
                            + " of shape "
                            + input.shape()
                            + ": a shape of one row has at least one dimension, each at least 1,"
                            + " and at most "
                            + MAX_ELEMENTS
                            + " elements");
            return -1;
        }
        return product;
    }

    private @Nullable DataType scalar(String part, String tensor, String typeName) {
        DataType type = ColumnLayout.type(findings, part, typeName);
        if (type != null && type.isVector()) {
            findings.problem(
                    part,
                    "has tensor "
                            + tensor
                            + " of "
                            + TypeNames.text(type)
                            + ": a tensor's type is that of an element, "
                            + TypeNames.text(type.scalar()));
            return null;
        }
        return type;
    }

    private @Nullable List<ModelNode.Output> outputs(String part, ComponentDefinition.Model node) {
        if (node.outputs().isEmpty()) {
            findings.problem(part, "takes no tensor back: list at least one under outputs");
        }
        List<ModelNode.Output> outputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        boolean complete = true;
        for (ComponentDefinition.ModelOutput output : node.outputs()) {
            if (!names.add(output.name())) {
                findings.problem(part, "takes tensor " + output.name() + " twice: take it once");
            }
            DataType type = scalar(part, output.name(), output.type());
            List<ModelNode.Score> scores = new ArrayList<>();
            if (output.scores().isEmpty()) {
                findings.problem(
                        part, "fills no column from tensor " + output.name() + ": name its scores");
            }
            for (ComponentDefinition.Score score : output.scores()) {
                PlanColumn column = filled.get(score.column());
                if (score.elements() < 1 || score.elements() > ColumnTable.MAX_VECTOR) {
                    findings.problem(
                            part,
                            "fills column "
                                    + score.column()
                                    + " with "
                                    + score.elements()
                                    + " elements: must be 1..65535");
                } else if (column != null) {
                    scores.add(new ModelNode.Score(column.index(), score.elements()));
                }
            }
            complete &= type != null && scores.size() == output.scores().size();
            if (type != null) {
                outputs.add(new ModelNode.Output(output.name(), type, scores));
            }
        }
        return complete ? outputs : null;
    }
}
