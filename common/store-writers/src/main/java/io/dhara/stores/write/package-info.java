/** Writing blocks to the stores: batched, asynchronous, ordered by event time inside the store. */
@NullMarked
package io.dhara.stores.write;

import org.jspecify.annotations.NullMarked;
