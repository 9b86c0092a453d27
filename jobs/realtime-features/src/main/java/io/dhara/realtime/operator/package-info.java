/**
 * Flink's side of the features: keys, state, clock and timers around the histories of the domain.
 */
@NullMarked
package io.dhara.realtime.operator;

import org.jspecify.annotations.NullMarked;
