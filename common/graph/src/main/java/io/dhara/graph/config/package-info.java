/**
 * Definitions of graphs: what reads them, what checks and compiles them, and what watches for new
 * ones.
 */
@NullMarked
package io.dhara.graph.config;

import org.jspecify.annotations.NullMarked;
