/**
 * Scylla (and any CQL store): sessions, prepared statements, the reader. Driver types stay here.
 */
@NullMarked
package io.dhara.stores.scylla;

import org.jspecify.annotations.NullMarked;
