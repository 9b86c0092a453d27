/** Writing interactions to the hot tier and the cold tier. */
@NullMarked
package io.dhara.stores.write.interaction;

import org.jspecify.annotations.NullMarked;
