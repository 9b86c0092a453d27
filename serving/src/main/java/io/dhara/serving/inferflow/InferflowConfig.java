package io.dhara.serving.inferflow;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.graph.config.GraphSource;
import io.dhara.serving.inferflow.scoring.ScoringSettings;

/**
 * Settings of matrices and scores.
 *
 * @param graphs where the graphs come from; none turns the services off
 * @param matrix limits of one request
 * @param scoring of the calls to model servers and candidate generators
 */
public record InferflowConfig(
        GraphSource graphs, InferflowSettings matrix, ScoringSettings scoring) {
    public InferflowConfig {
        requireNonNull(graphs, "graphs is null");
        requireNonNull(matrix, "matrix is null");
        requireNonNull(scoring, "scoring is null");
    }

    public boolean enabled() {
        return !(graphs instanceof GraphSource.None);
    }

    /** Reads {@code inferflow.*}; what is wrong is reported to the settings. */
    public static InferflowConfig from(Settings settings) {
        InferflowSettings byDefault = InferflowSettings.DEFAULTS;
        GraphSource graphs = GraphSource.from(settings);
        boolean named = !(graphs instanceof GraphSource.None);
        boolean enabled = settings.bool("inferflow.enabled", named);
        if (enabled && !named) {
            settings.reject(
                    "inferflow.enabled",
                    "needs inferflow.graphs.folder or inferflow.graphs.etcd.endpoints");
        }
        return new InferflowConfig(
                enabled ? graphs : new GraphSource.None(),
                new InferflowSettings(
                        settings.integer("inferflow.max-rows", byDefault.maxRows(), 1, 1_000_000),
                        settings.bytes("inferflow.max-response-size", byDefault.maxResponseBytes()),
                        settings.duration("inferflow.answer-reserve", byDefault.answerReserve())),
                ScoringSettings.from(settings));
    }
}
