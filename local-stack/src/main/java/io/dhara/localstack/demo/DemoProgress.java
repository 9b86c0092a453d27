package io.dhara.localstack.demo;

/** Told how far the demo is; one phase at a time, from one thread. */
public interface DemoProgress {
    /**
     * A phase begins.
     *
     * @param total steps it has; 0 when that is not known
     */
    void begin(String phase, long total);

    /** Steps done so far in this phase. */
    void done(long steps);

    /** The phase is over. */
    void end();
}
