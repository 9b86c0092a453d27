/** Events as aggregates see them: a time and typed columns. */
@NullMarked
package io.dhara.realtime.domain.event;

import org.jspecify.annotations.NullMarked;
