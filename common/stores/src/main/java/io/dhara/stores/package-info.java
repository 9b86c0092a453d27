/** Connections to the stores: which configured connection a store's conf-id means. */
@NullMarked
package io.dhara.stores;

import org.jspecify.annotations.NullMarked;
