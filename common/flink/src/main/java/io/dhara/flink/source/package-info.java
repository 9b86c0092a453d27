/** Reading Kafka records whole: value, key, headers, position. */
@NullMarked
package io.dhara.flink.source;

import org.jspecify.annotations.NullMarked;
