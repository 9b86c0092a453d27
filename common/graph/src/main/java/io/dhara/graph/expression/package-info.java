/** Expressions over columns: conditions of branches, scores computed from other columns. */
@NullMarked
package io.dhara.graph.expression;

import org.jspecify.annotations.NullMarked;
