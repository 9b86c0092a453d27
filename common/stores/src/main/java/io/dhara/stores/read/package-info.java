/** Reading blocks from the stores: asynchronous, deadline in, result out. */
@NullMarked
package io.dhara.stores.read;

import org.jspecify.annotations.NullMarked;
