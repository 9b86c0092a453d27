/** Schemas: where they come from, and which changes are safe. */
@NullMarked
package io.dhara.core.registry;

import org.jspecify.annotations.NullMarked;
