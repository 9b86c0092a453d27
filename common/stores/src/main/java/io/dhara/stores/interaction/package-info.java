/** Reading interactions from the hot tier and the cold tier. */
@NullMarked
package io.dhara.stores.interaction;

import org.jspecify.annotations.NullMarked;
