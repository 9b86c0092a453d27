package io.dhara.graph.config;

import io.dhara.core.model.DataType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a model config, which declares none: every plain name that something reads or
 * answers and no component fills. Names with a colon are features, so one that nobody fills is left
 * for the compiler to refuse. The first column answered sets the rows.
 *
 * <p>An input is a String where it is a key or only answered. One that only tensors and expressions
 * read has their type; where they differ, FP64.
 */
final class InferredInputs {
    private final Set<String> filled = new HashSet<>();
    private final Set<String> filledBySlates = new HashSet<>();
    private final Map<String, Use> rows = new LinkedHashMap<>();
    private final Map<String, Use> slates = new LinkedHashMap<>();
    private final Set<String> texts = new HashSet<>();
    private String row = "";

    /**
     * @param type of a column
     * @param vectorLength elements; 0 for scalars
     */
    private record Use(DataType type, int vectorLength) {
        static final Use TEXT = new Use(DataType.STRING, 0);
    }

    private InferredInputs() {}

    static InferredInputs of(List<ComponentDefinition> components, List<String> answer) {
        InferredInputs inputs = new InferredInputs();
        components.forEach(inputs::noteFilled);
        if (!answer.isEmpty()) {
            inputs.row = answer.get(0);
            inputs.note(inputs.rows, inputs.row, Use.TEXT);
            inputs.texts.add(inputs.row);
        }
        components.forEach(inputs::noteRead);
        for (String name : answer) {
            if (!inputs.rows.containsKey(name) && !inputs.filledBySlates.contains(name)) {
                inputs.note(inputs.rows, name, Use.TEXT);
            }
        }
        return inputs;
    }

    boolean fills(String column) {
        return filled.contains(column);
    }

    List<GraphDefinition.Input> ofRows() {
        return inputs(rows);
    }

    List<GraphDefinition.Input> ofSlates() {
        return inputs(slates);
    }

    static List<String> columns(ComponentDefinition.Features node) {
        List<String> columns = new ArrayList<>();
        for (ComponentDefinition.Group group : node.groups()) {
            for (String feature : group.features()) {
                columns.add(
                        ColumnLayout.columnName(
                                node, group.label(), ColumnLayout.Asked.of(feature).name()));
            }
        }
        return columns;
    }

    private List<GraphDefinition.Input> inputs(Map<String, Use> uses) {
        List<GraphDefinition.Input> inputs = new ArrayList<>();
        uses.forEach(
                (name, use) -> {
                    boolean text = uses == rows && texts.contains(name);
                    Use of = text ? Use.TEXT : use;
                    inputs.add(
                            new GraphDefinition.Input(
                                    name,
                                    of.type().wireName(),
                                    of.vectorLength(),
                                    uses == rows && name.equals(row)));
                });
        return inputs;
    }

    private void noteFilled(ComponentDefinition component) {
        Set<String> names = new LinkedHashSet<>();
        if (component instanceof ComponentDefinition.Features features) {
            names.addAll(columns(features));
            if (features.compositeKey() != null) {
                names.add(features.compositeKey());
            }
        } else if (component instanceof ComponentDefinition.Model model) {
            model.outputs().forEach(out -> out.scores().forEach(s -> names.add(s.column())));
        } else if (component instanceof ComponentDefinition.Computed computed) {
            names.add(computed.column());
        }
        (component.head().slate() ? filledBySlates : filled).addAll(names);
    }

    private void noteRead(ComponentDefinition component) {
        if (component instanceof ComponentDefinition.Features features) {
            for (ComponentDefinition.Key key : features.keys()) {
                note(rows, key.column(), Use.TEXT);
                texts.add(key.column());
            }
        } else if (component instanceof ComponentDefinition.Model model) {
            model.inputs().forEach(this::noteTensor);
        } else if (component instanceof ComponentDefinition.Computed computed) {
            boolean slate = component.head().slate();
            for (String column : computed.head().names().values()) {
                if (slate && !filledBySlates.contains(column) && !column.contains(":")) {
                    merge(slates, column, new Use(DataType.FP64, 0));
                } else if (!slate) {
                    note(rows, column, new Use(DataType.FP64, 0));
                }
            }
        }
    }

    private void noteTensor(ComponentDefinition.ModelInput input) {
        @Nullable DataType type = TypeNames.parse(input.type()).orElse(null);
        if (type == null) {
            return; // The compiler tells of it.
        }
        long elements = 1;
        for (int dimension : input.shape()) {
            elements = Math.min(elements * Math.max(dimension, 1), Integer.MAX_VALUE);
        }
        boolean whole =
                input.columns().size() == 1 && elements > 1 && elements <= ColumnTable.MAX_VECTOR;
        for (String column : input.columns()) {
            note(
                    rows,
                    column,
                    whole
                            ? new Use(TypeNames.vectorOf(type), (int) elements)
                            : new Use(type.scalar(), 0));
        }
    }

    private void note(Map<String, Use> uses, String column, Use use) {
        if (!filled.contains(column) && !column.contains(":") && !column.isEmpty()) {
            merge(uses, column, use);
        }
    }

    /** Text says nothing of the type; numbers that differ are held by the widest. */
    private static void merge(Map<String, Use> uses, String column, Use use) {
        uses.merge(
                column,
                use,
                (known, next) -> {
                    if (known.equals(next) || next.equals(Use.TEXT)) {
                        return known;
                    }
                    if (known.equals(Use.TEXT)) {
                        return next;
                    }
                    boolean vector = known.vectorLength() > 0;
                    boolean sameShape = known.vectorLength() == next.vectorLength();
                    DataType widest = vector ? DataType.FP64_VECTOR : DataType.FP64;
                    return sameShape ? new Use(widest, known.vectorLength()) : known;
                });
    }
}
