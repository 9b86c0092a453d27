package io.dhara.graph;

import java.util.List;

/**
 * Reads features of one entity for the keys that the rows give.
 *
 * @param entity label in the schemas
 * @param key the entity's key columns in its own sequence order, each with the matrix column that
 *     supplies it
 * @param compositeKey index of the string column that takes the key values joined by {@code |} in
 *     the order the definition lists them; -1 for none
 * @param compositeOrder for the joined text: positions in {@code key}, in the definition's order
 * @param groups to read; at least one
 * @param queryWithDefaults asks the store also where a key part is a default, as BharatMLStack does
 */
public record FeatureNode(
        Head head,
        String entity,
        List<KeyPart> key,
        int compositeKey,
        int[] compositeOrder,
        List<Group> groups,
        boolean queryWithDefaults)
        implements GraphNode {
    public FeatureNode {
        key = List.copyOf(key);
        groups = List.copyOf(groups);
    }

    /**
     * @param schema label of the key column in the schemas
     * @param column index of the matrix column that supplies it
     */
    public record KeyPart(String schema, int column) {}

    /**
     * @param label of the feature group
     * @param version schema version the plan was compiled against; read as {@code label@vN}, so
     *     that widths are those of the plan
     * @param features in the order of {@code columns}, with {@code @Type} where quantised
     * @param columns indices of the matrix columns they fill
     */
    public record Group(String label, int version, List<String> features, int[] columns) {
        public Group {
            features = List.copyOf(features);
        }
    }

    @Override
    public String kind() {
        return "feature";
    }
}
