/** The plain HTTP answers beside gRPC: health, metrics. */
@NullMarked
package io.dhara.serving.http;

import org.jspecify.annotations.NullMarked;
