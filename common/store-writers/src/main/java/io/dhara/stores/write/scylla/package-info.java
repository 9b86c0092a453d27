/** Writing blocks to Scylla (and any CQL store). Driver types stay here. */
@NullMarked
package io.dhara.stores.write.scylla;

import org.jspecify.annotations.NullMarked;
