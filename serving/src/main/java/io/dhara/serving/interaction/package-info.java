/** Interactions: reads merged from hot and cold tier, and events handed to Kafka. */
@NullMarked
package io.dhara.serving.interaction;

import org.jspecify.annotations.NullMarked;
