/**
 * Real servers for tests and the local stack: Kafka in process, Redis, Cassandra and etcd as
 * children.
 */
@NullMarked
package io.dhara.embedded;

import org.jspecify.annotations.NullMarked;
