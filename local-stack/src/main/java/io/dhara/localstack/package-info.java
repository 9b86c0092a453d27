/**
 * The whole of Dhara on one machine: real Kafka, Redis, CQL store and Flink, the job and serving.
 */
@NullMarked
package io.dhara.localstack;

import org.jspecify.annotations.NullMarked;
