/**
 * Scores for the rows of a matrix: models, expressions, and the wire of BharatMLStack's callers.
 */
@NullMarked
package io.dhara.serving.inferflow.scoring;

import org.jspecify.annotations.NullMarked;
