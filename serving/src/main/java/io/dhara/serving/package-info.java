/** The read tier: its start, its settings, its end. */
@NullMarked
package io.dhara.serving;

import org.jspecify.annotations.NullMarked;
