package io.dhara.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear model or boosted trees, read from a JSON file:
 *
 * <pre>{@code
 * {"name": "ctr_v3", "version": "1", "output": "y", "link": "logistic", "intercept": -1.5,
 *  "weights": [0.02, 0.001, 0.3],
 *  "trees": [{"feature": 0, "threshold": 30, "left": {"value": 0.1}, "right": {"value": -0.1}}],
 *  "calibrations": {"ios": {"scale": 0.9, "offset": 0.01}}}
 * }</pre>
 *
 * The score is {@code link(intercept + weights * features + sum of trees)}; weights and trees may
 * each be left out. A feature below the threshold goes left, NaN goes right. Immutable.
 */
final class FileModel {
    private final String name;
    private final String version;
    private final String output;
    private final boolean logistic;
    private final double intercept;
    private final double[] weights;
    private final List<Tree> trees;
    private final JsonNode calibrations;

    private sealed interface Tree permits Leaf, Split {
        double value(double[] features);
    }

    private record Leaf(double value) implements Tree {
        @Override
        public double value(double[] features) {
            return value;
        }
    }

    private record Split(int feature, double threshold, Tree left, Tree right) implements Tree {
        @Override
        public double value(double[] features) {
            return (features[feature] < threshold ? left : right).value(features);
        }
    }

    private FileModel(JsonNode json) {
        this.name = required(json, "name").asText();
        this.version = json.path("version").asText("1");
        this.output = required(json, "output").asText();
        String link = json.path("link").asText("identity");
        if (!link.equals("identity") && !link.equals("logistic")) {
            throw new IllegalArgumentException("link is identity or logistic: got " + link);
        }
        this.logistic = link.equals("logistic");
        this.intercept = json.path("intercept").asDouble(0);
        JsonNode given = json.path("weights");
        this.weights = new double[given.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = given.get(i).asDouble();
        }
        List<Tree> read = new ArrayList<>();
        json.path("trees").forEach(tree -> read.add(tree(tree)));
        this.trees = List.copyOf(read);
        this.calibrations = json.path("calibrations");
    }

    /**
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it holds no model
     */
    static FileModel read(Path file) throws IOException {
        try {
            return new FileModel(new ObjectMapper().readTree(file.toFile()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static JsonNode required(JsonNode json, String member) {
        JsonNode value = json.get(member);
        if (value == null) {
            throw new IllegalArgumentException("member " + member + " is missing");
        }
        return value;
    }

    private static Tree tree(JsonNode json) {
        JsonNode value = json.get("value");
        if (value != null) {
            return new Leaf(value.asDouble());
        }
        return new Split(
                required(json, "feature").asInt(),
                required(json, "threshold").asDouble(),
                tree(required(json, "left")),
                tree(required(json, "right")));
    }

    String name() {
        return name;
    }

    String version() {
        return version;
    }

    /** Name of the one tensor it answers: FP32, one score a row. */
    String output() {
        return output;
    }

    /**
     * The score of one row.
     *
     * @param calibration of the file's calibrations; another or an empty one changes nothing
     * @throws IllegalArgumentException if the model reads features that the row does not have
     */
    double score(double[] features, String calibration) {
        if (weights.length > features.length) {
            throw new IllegalArgumentException(
                    "model %s has %d weights, the row %d features"
                            .formatted(name, weights.length, features.length));
        }
        double sum = intercept;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * features[i];
        }
        try {
            for (Tree tree : trees) {
                sum += tree.value(features);
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "model %s splits by a feature beyond the row's %d"
                            .formatted(name, features.length),
                    e);
        }
        double score = logistic ? 1 / (1 + Math.exp(-sum)) : sum;
        JsonNode calibrated = calibrations.path(calibration);
        return score * calibrated.path("scale").asDouble(1) + calibrated.path("offset").asDouble(0);
    }
}
