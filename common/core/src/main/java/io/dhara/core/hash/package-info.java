/** Hashes that others compute too, so their bits are fixed. */
@NullMarked
package io.dhara.core.hash;

import org.jspecify.annotations.NullMarked;
