/** Writing blocks to Redis, Valkey or Dragonfly. Driver types stay here. */
@NullMarked
package io.dhara.stores.write.redis;

import org.jspecify.annotations.NullMarked;
