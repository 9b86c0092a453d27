/**
 * How what is known of users is laid out in Flink state; every layout that was released is read.
 */
@NullMarked
package io.dhara.sessionizer.state;

import org.jspecify.annotations.NullMarked;
