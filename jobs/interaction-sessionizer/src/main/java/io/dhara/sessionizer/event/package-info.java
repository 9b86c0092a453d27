/** Events of users: reading them from Kafka records, deciding which are good. */
@NullMarked
package io.dhara.sessionizer.event;

import org.jspecify.annotations.NullMarked;
