/** Versioned serializers for the immutable values that travel between operators and into state. */
@NullMarked
package io.dhara.flink.serde;

import org.jspecify.annotations.NullMarked;
