package io.dhara.graph;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model's graph, compiled and checked: an executor runs it without looking up a name. Immutable;
 * swapped as a whole. The arrays of nodes and columns are not to be changed.
 *
 * @param model the model config id, exactly as registered
 * @param version of the definition, 0 to 15: goes into feature logs
 * @param digest hexadecimal, of everything that decides what the plan answers
 * @param schemaRevision revision of the schemas it was compiled against
 * @param columns of the main matrix
 * @param rowColumn index of the input that sets the rows
 * @param nodes of the main matrix, in an order in which all that a node waits for stand before it
 * @param answer indices of the columns answered, in order
 * @param modelInputs indices of the columns that models read, first mention first
 * @param modelInputsPercent share of users whose answer is {@code modelInputs} and then {@code
 *     answer}, 0 to 100
 * @param slates what pairs and slates are scored by; null for none
 * @param log how requests are logged
 * @param warnings what was odd but not refused, for people
 */
public record GraphPlan(
        String model,
        int version,
        String digest,
        long schemaRevision,
        List<PlanColumn> columns,
        int rowColumn,
        List<GraphNode> nodes,
        int[] answer,
        int[] modelInputs,
        int modelInputsPercent,
        @Nullable Slates slates,
        Log log,
        List<String> warnings) {
    public GraphPlan {
        columns = List.copyOf(columns);
        nodes = List.copyOf(nodes);
        warnings = List.copyOf(warnings);
    }

    /**
     * The matrix with a row per pair or slate. Model nodes of it read the main matrix's rows of the
     * slate; expression nodes read its own columns.
     *
     * @param columns of the slate matrix
     * @param nodes that fill it; positions and {@code waitsFor} count within this list. The columns
     *     that a model's inputs read are those of the main matrix, all others of the slate matrix
     * @param answer indices of the slate columns answered, in order
     */
    public record Slates(List<PlanColumn> columns, List<GraphNode> nodes, int[] answer) {
        public Slates {
            columns = List.copyOf(columns);
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * Which requests go to the feature log, and what of them.
     *
     * @param percent of the requests with a tracking id; 0 for none
     * @param columns indices of the columns logged, in order
     * @param batchRows most rows of one record
     */
    public record Log(int percent, int[] columns, int batchRows) {}

    /** Columns by name. */
    public Map<String, PlanColumn> columnsByName() {
        Map<String, PlanColumn> byName = new java.util.LinkedHashMap<>();
        columns.forEach(column -> byName.put(column.name(), column));
        return byName;
    }

    public PlanColumn row() {
        return columns.get(rowColumn);
    }
}
