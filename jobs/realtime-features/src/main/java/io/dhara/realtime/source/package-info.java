/** Reading: records of Kafka and files become events, and events the rows of feature groups. */
@NullMarked
package io.dhara.realtime.source;

import org.jspecify.annotations.NullMarked;
