/** A small model server for tests and the local stack. */
@NullMarked
package io.dhara.modelserver;

import org.jspecify.annotations.NullMarked;
