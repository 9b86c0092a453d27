/** Inferflow: from a model id and a few ids to a feature matrix and scores, by a graph. */
@NullMarked
package io.dhara.serving.inferflow;

import org.jspecify.annotations.NullMarked;
