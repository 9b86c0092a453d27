package io.dhara.stores.write.interaction;

/**
 * The store took a write and yet does not have it: the cell was deleted with a time that is not
 * before the write's. Someone deleted it by hand since this writer started, or a clock is wrong. A
 * write with a later time succeeds.
 */
public final class HiddenWriteException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param cell table and column
     * @param writeTimeMicros of the flush
     */
    public HiddenWriteException(String cell, long writeTimeMicros) {
        super(
                cell
                        + ": a deletion hides what was written at "
                        + writeTimeMicros
                        + " us. Delete by hand USING TIMESTAMP of the cell's write time only;"
                        + " restarting the job gives its writes later times");
    }
}
