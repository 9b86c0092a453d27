package io.dhara.sessionizer.state;

/**
 * The clocks of one subtask at a checkpoint.
 *
 * @param sessionMillis what the session clock said; {@code Long.MIN_VALUE} before it knew
 * @param highestNumber highest epoch or write time used
 */
public record SubtaskClocks(long sessionMillis, long highestNumber) {}
