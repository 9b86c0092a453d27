/** The Flink SQL table {@code 'connector' = 'dhara-features'}: any script is a producer. */
@NullMarked
package io.dhara.flink.table;

import org.jspecify.annotations.NullMarked;
