/** Redis, Valkey or Dragonfly as a store: connections and the reader. Driver types stay here. */
@NullMarked
package io.dhara.stores.redis;

import org.jspecify.annotations.NullMarked;
