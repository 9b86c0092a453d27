package io.dhara.serving.inferflow.scoring;

import com.google.protobuf.ByteString;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.predict.ContextFeature;
import io.dhara.proto.predict.FeatureSchema;
import io.dhara.proto.predict.Target;
import io.dhara.serving.inferflow.InputValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * What a {@code Predict} request gives to the inputs of a matrix. Features that are no input of it
 * are ignored; a name that stands twice is refused, whether it is known or not.
 */
final class PredictInputs {
    private final Map<String, PlanColumn> known = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final List<InputValues> inputs = new ArrayList<>();

    /**
     * @param columns of the matrix
     */
    PredictInputs(List<PlanColumn> columns) {
        for (PlanColumn column : columns) {
            if (column.kind() == PlanColumn.Kind.INPUT) {
                known.put(column.name(), column);
            }
        }
    }

    List<InputValues> inputs() {
        return inputs;
    }

    /** The column that names the rows. */
    void addIds(String column, List<Target> targets) {
        take("response column", column);
        inputs.add(new InputValues(column, targets.stream().map(Target::getId).toList()));
    }

    /** A column of texts. */
    void addTexts(String column, List<String> texts) {
        take("column", column);
        if (known.containsKey(column)) {
            inputs.add(new InputValues(column, texts));
        }
    }

    /** Values that stand in every row. */
    void addContext(List<ContextFeature> features) {
        for (ContextFeature feature : features) {
            take("context_features", feature.getName());
            PlanColumn column = known.get(feature.getName());
            if (column != null) {
                String text =
                        PredictValue.text(
                                column,
                                feature.getDataType(),
                                feature.getVectorDim(),
                                feature.getValue(),
                                "context_features: " + feature.getName());
                inputs.add(new InputValues(feature.getName(), List.of(text)));
            }
        }
    }

    /**
     * Values by row.
     *
     * @param field that holds the rows, for messages
     * @param values of each row, by the schema
     */
    void addRows(
            String field,
            List<FeatureSchema> schema,
            int rows,
            IntFunction<List<ByteString>> values) {
        for (int row = 0; row < rows; row++) {
            if (values.apply(row).size() != schema.size()) {
                throw PredictValue.invalid(
                        "%s[%d] has %d feature_values, its schema %d"
                                .formatted(field, row, values.apply(row).size(), schema.size()));
            }
        }
        for (int i = 0; i < schema.size(); i++) {
            FeatureSchema feature = schema.get(i);
            take(field, feature.getName());
            PlanColumn column = known.get(feature.getName());
            if (column == null) {
                continue;
            }
            List<String> texts = new ArrayList<>(rows);
            for (int row = 0; row < rows; row++) {
                texts.add(
                        PredictValue.text(
                                column,
                                feature.getDataType(),
                                feature.getVectorDim(),
                                values.apply(row).get(i),
                                field + "[" + row + "]: " + feature.getName()));
            }
            inputs.add(new InputValues(feature.getName(), texts));
        }
    }

    private void take(String field, String name) {
        if (!names.add(name)) {
            throw PredictValue.invalid(field + ": name " + name + " stands twice in the request");
        }
    }
}
