/** The one place that turns an entity key into a Redis key or a Scylla partition. */
@NullMarked
package io.dhara.stores.key;

import org.jspecify.annotations.NullMarked;
