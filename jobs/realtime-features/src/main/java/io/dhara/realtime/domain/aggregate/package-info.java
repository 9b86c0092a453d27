/** Partial aggregates: added to, merged, read and kept as bytes. */
@NullMarked
package io.dhara.realtime.domain.aggregate;

import org.jspecify.annotations.NullMarked;
