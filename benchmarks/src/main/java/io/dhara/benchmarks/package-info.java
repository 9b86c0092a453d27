/** JMH benchmarks with their peer and limit beside them, and the figures made of them. */
@NullMarked
package io.dhara.benchmarks;

import org.jspecify.annotations.NullMarked;
