/** What keyed operators of the jobs have in common. */
@NullMarked
package io.dhara.flink.operator;

import org.jspecify.annotations.NullMarked;
