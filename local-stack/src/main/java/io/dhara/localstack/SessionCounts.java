package io.dhara.localstack;

/**
 * What the interaction-sessionizer job has done so far, from its own metrics.
 *
 * @param opened sessions begun
 * @param flushed sessions whose end is in the cold tier
 * @param interactionsCold interactions that the cold tier did not have before
 * @param late events whose session had closed when they came
 */
public record SessionCounts(long opened, long flushed, long interactionsCold, long late) {

    /** What was done since an earlier look. */
    public SessionCounts since(SessionCounts earlier) {
        return new SessionCounts(
                opened - earlier.opened,
                flushed - earlier.flushed,
                interactionsCold - earlier.interactionsCold,
                late - earlier.late);
    }
}
