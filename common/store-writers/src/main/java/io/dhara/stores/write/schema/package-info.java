/** Changing schemas: tables first, then the registry, nothing half way. */
@NullMarked
package io.dhara.stores.write.schema;

import org.jspecify.annotations.NullMarked;
