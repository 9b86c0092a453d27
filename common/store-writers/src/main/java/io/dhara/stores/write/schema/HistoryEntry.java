package io.dhara.stores.write.schema;

import java.time.Instant;

/**
 * One change that was applied.
 *
 * @param number counts the changes from 1
 * @param revision of the schemas it was applied to
 * @param time when
 * @param summary what changed, one line
 */
public record HistoryEntry(long number, long revision, Instant time, String summary) {}
