/** Flink functions around what {@code event} and {@code session} decide. */
@NullMarked
package io.dhara.sessionizer.operator;

import org.jspecify.annotations.NullMarked;
