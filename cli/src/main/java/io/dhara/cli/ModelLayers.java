package io.dhara.cli;

import io.dhara.proto.v1.DescribeModelResponse;
import io.dhara.proto.v1.DescribeModelResponse.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes of a model in layers: a node stands one layer behind the last of those it waits for.
 */
final class ModelLayers {
    private ModelLayers() {}

    /**
     * @return at least one list for a model with nodes; within a layer in the order of the answer
     */
    static List<List<Node>> of(DescribeModelResponse model) {
        Map<String, Integer> layerOf = new HashMap<>();
        List<List<Node>> layers = new ArrayList<>();
        for (Node node : model.getNodesList()) {
            int layer = 0;
            for (String before : node.getWaitsForList()) {
                layer = Math.max(layer, layerOf.getOrDefault(before, -1) + 1);
            }
            layerOf.put(node.getName(), layer);
            while (layers.size() <= layer) {
                layers.add(new ArrayList<>());
            }
            layers.get(layer).add(node);
        }
        return layers;
    }
}
