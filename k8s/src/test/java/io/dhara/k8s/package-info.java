/**
 * Checks of {@code flink-conf/} and {@code k8s/}: every key known, every manifest valid, the two in
 * agreement.
 */
@NullMarked
package io.dhara.k8s;

import org.jspecify.annotations.NullMarked;
