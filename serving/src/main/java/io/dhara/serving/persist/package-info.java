/** Feature writes by call: handed to Kafka, and waited for when the caller asks. */
@NullMarked
package io.dhara.serving.persist;

import org.jspecify.annotations.NullMarked;
