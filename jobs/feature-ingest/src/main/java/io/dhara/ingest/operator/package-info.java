/** Thin Flink functions of the feature-ingest job, which call {@code domain}. */
@NullMarked
package io.dhara.ingest.operator;

import org.jspecify.annotations.NullMarked;
