/**
 * Feature graphs: what a model's matrix is made of, compiled from a definition into a {@link
 * io.dhara.graph.GraphPlan} that an executor runs without looking anything up.
 */
@NullMarked
package io.dhara.graph;

import org.jspecify.annotations.NullMarked;
