/** OpenTelemetry spans of calls and store reads; off unless an endpoint is configured. */
@NullMarked
package io.dhara.serving.tracing;

import org.jspecify.annotations.NullMarked;
