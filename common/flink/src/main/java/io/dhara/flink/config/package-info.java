/** What the jobs are configured with, and what operators of one JVM share. */
@NullMarked
package io.dhara.flink.config;

import org.jspecify.annotations.NullMarked;
