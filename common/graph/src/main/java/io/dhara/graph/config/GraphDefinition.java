package io.dhara.graph.config;

import io.dhara.core.registry.SchemaProblem;
import java.util.List;

/**
 * A graph as someone wrote it, whatever the form: names are not looked up, types are texts. Becomes
 * a plan in {@link GraphCompiler}.
 *
 * @param model the model config id
 * @param source where it was read, for errors: a file or an etcd key
 * @param version 0 to 15
 * @param inputs what callers send
 * @param components in the order written
 * @param slateInputs what callers send per pair or slate
 * @param answer names of the columns answered; those of the slate matrix too
 * @param modelInputsPercent share of users whose answer begins with what the models read
 * @param log what of the requests is logged
 * @param problems found while reading it; the compiler adds its own to them
 * @param warnings found while reading it
 */
public record GraphDefinition(
        String model,
        String source,
        int version,
        List<Input> inputs,
        List<ComponentDefinition> components,
        List<Input> slateInputs,
        List<String> answer,
        int modelInputsPercent,
        Log log,
        List<SchemaProblem> problems,
        List<String> warnings) {
    public GraphDefinition {
        inputs = List.copyOf(inputs);
        components = List.copyOf(components);
        slateInputs = List.copyOf(slateInputs);
        answer = List.copyOf(answer);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /** The same with these problems. */
    GraphDefinition with(List<SchemaProblem> found) {
        return new GraphDefinition(
                model,
                source,
                version,
                inputs,
                components,
                slateInputs,
                answer,
                modelInputsPercent,
                log,
                found,
                warnings);
    }

    /**
     * A column that callers fill.
     *
     * @param type name of a type
     * @param vectorLength elements; 0 for scalars
     * @param row whether it sets the rows
     */
    public record Input(String name, String type, int vectorLength, boolean row) {}

    /**
     * @param columns names, in order; empty for those answered
     */
    public record Log(int percent, List<String> columns, int batchRows) {
        public static final int DEFAULT_BATCH_ROWS = 500;
        public static final Log NONE = new Log(0, List.of(), DEFAULT_BATCH_ROWS);

        public Log {
            columns = List.copyOf(columns);
        }
    }
}
