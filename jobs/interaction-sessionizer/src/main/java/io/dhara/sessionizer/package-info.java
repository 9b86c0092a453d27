/** Interactions of users: sessions, hot tier and cold tier. */
@NullMarked
package io.dhara.sessionizer;

import org.jspecify.annotations.NullMarked;
