/** A Flink cluster and processes with jobs in them, for the tests of the jobs. */
@NullMarked
package io.dhara.flink.testkit;

import org.jspecify.annotations.NullMarked;
