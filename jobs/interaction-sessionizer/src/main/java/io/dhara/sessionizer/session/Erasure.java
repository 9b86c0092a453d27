package io.dhara.sessionizer.session;

/**
 * Everything of a user is to be deleted.
 *
 * @param throughMillis event time of the wish
 */
public record Erasure(long throughMillis) implements UserWork {}
