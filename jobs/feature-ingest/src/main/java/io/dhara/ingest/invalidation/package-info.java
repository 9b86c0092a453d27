/** Telling caches and waiting senders what became of writes, through the invalidation topic. */
@NullMarked
package io.dhara.ingest.invalidation;

import org.jspecify.annotations.NullMarked;
