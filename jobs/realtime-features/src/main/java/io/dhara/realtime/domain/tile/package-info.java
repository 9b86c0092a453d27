/** Sliding windows from tiles of partial aggregates. */
@NullMarked
package io.dhara.realtime.domain.tile;

import org.jspecify.annotations.NullMarked;
