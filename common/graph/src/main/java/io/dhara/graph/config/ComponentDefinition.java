package io.dhara.graph.config;

import io.dhara.graph.ModelNode;
import io.dhara.graph.NodePolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A component of a {@link GraphDefinition}; what kinds there are is closed. */
public sealed interface ComponentDefinition {

    Head head();

    /**
     * What all kinds have.
     *
     * @param after names of the components it waits for; null to wait for those that fill the
     *     columns it reads
     * @param when text of a condition; null for none
     * @param names what {@code when} and an expression call columns, beside their own names
     * @param slate whether it fills the slate matrix
     */
    record Head(
            String name,
            @Nullable List<String> after,
            NodePolicy policy,
            @Nullable String when,
            Map<String, String> names,
            boolean slate) {
        public Head {
            after = after == null ? null : List.copyOf(after);
            names = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(names));
        }
    }

    /**
     * Reads features of one entity.
     *
     * @param keys in the order written
     * @param compositeKey name of the column for the joined key; null for none
     * @param prefix put before the names of its columns
     */
    record Features(
            Head head,
            String entity,
            List<Key> keys,
            @Nullable String compositeKey,
            String prefix,
            List<Group> groups,
            boolean queryWithDefaults)
            implements ComponentDefinition {
        public Features {
            keys = List.copyOf(keys);
            groups = List.copyOf(groups);
        }
    }

    /**
     * @param schema label of a key column of the entity
     * @param column that supplies it
     */
    record Key(String schema, String column) {}

    /**
     * @param type name of the type the author believes it has; null for the schema's
     * @param features with {@code @Type} where quantised
     */
    record Group(String label, @Nullable String type, List<String> features) {
        public Group {
            features = List.copyOf(features);
        }
    }

    /** Asks a model server. */
    record Model(
            Head head,
            ModelNode.Protocol protocol,
            List<ModelNode.Target> targets,
            List<ModelNode.Target> shadows,
            int batchSize,
            String calibration,
            List<ModelInput> inputs,
            List<ModelOutput> outputs)
            implements ComponentDefinition {
        public Model {
            targets = List.copyOf(targets);
            shadows = List.copyOf(shadows);
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }

    /**
     * @param shape of one row
     */
    record ModelInput(String name, String type, List<Integer> shape, List<String> columns) {
        public ModelInput {
            shape = List.copyOf(shape);
            columns = List.copyOf(columns);
        }
    }

    record ModelOutput(String name, String type, List<Score> scores) {
        public ModelOutput {
            scores = List.copyOf(scores);
        }
    }

    /**
     * @param elements 1 for a scalar
     */
    record Score(String column, int elements) {}

    /**
     * Computes a column.
     *
     * @param type name of the column's type
     * @param vectorLength elements of the column; 0 for scalars
     * @param expression its text; empty where the reader found none and told so
     */
    record Computed(Head head, String column, String type, int vectorLength, String expression)
            implements ComponentDefinition {}

    /**
     * Asks a candidate generator for the rows.
     *
     * @param sends names of the inputs it is told; null for all but the row
     * @param values columns that come with the rows
     */
    record Candidates(
            Head head,
            String generator,
            String endpoint,
            int limit,
            @Nullable List<String> sends,
            List<GraphDefinition.Input> values)
            implements ComponentDefinition {
        public Candidates {
            sends = sends == null ? null : List.copyOf(sends);
            values = List.copyOf(values);
        }
    }
}
