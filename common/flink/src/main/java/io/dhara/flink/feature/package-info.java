/** Features of any Flink job on their way to the feature topic; start at {@link FeatureSink}. */
@NullMarked
package io.dhara.flink.feature;

import org.jspecify.annotations.NullMarked;
