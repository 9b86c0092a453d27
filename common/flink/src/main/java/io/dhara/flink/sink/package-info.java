/** Sinks of the jobs: the feature stores and the dead-letter topic. */
@NullMarked
package io.dhara.flink.sink;

import org.jspecify.annotations.NullMarked;
