/**
 * What the job does in the tiers: adding to the hot tier, loading history, flushing closed
 * sessions, and noticing when the hot tier was lost. Everything runs on the task's thread; answers
 * come back to it through the mailbox.
 */
@NullMarked
package io.dhara.sessionizer.tier;

import org.jspecify.annotations.NullMarked;
