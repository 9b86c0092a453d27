/** The {@code ./dhara} commands: thin; each asks one collaborator and prints its answer. */
@NullMarked
package io.dhara.cli;

import org.jspecify.annotations.NullMarked;
