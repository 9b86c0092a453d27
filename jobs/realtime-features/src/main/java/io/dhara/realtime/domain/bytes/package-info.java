/** Compact byte forms of state: written and read here and nowhere else. */
@NullMarked
package io.dhara.realtime.domain.bytes;

import org.jspecify.annotations.NullMarked;
