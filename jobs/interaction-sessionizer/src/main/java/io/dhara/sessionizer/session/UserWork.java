package io.dhara.sessionizer.session;

/** What is to be done in the tiers for one user, strictly in sequence. */
public sealed interface UserWork permits ClosedSession, Erasure {}
