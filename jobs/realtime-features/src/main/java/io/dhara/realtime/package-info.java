/** Declared features computed from event streams. */
@NullMarked
package io.dhara.realtime;

import org.jspecify.annotations.NullMarked;
