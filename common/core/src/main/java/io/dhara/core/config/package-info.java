/** Settings of a process: read once, checked together, unknown keys refused. */
@NullMarked
package io.dhara.core.config;

import org.jspecify.annotations.NullMarked;
