package io.dhara.serving.featurelog;

import io.dhara.graph.GraphPlan;
import io.dhara.serving.inferflow.FeatureMatrix;

/**
 * A run that waits to be logged.
 *
 * @param matrix nothing changes it any more
 * @param createdAtSeconds epoch seconds of its answer
 * @param sizeBytes about what it keeps from being collected
 */
record LoggedRun(
        GraphPlan plan,
        FeatureMatrix matrix,
        String trackingId,
        String userId,
        long createdAtSeconds,
        long sizeBytes) {}
