package io.dhara.stores.write.interaction;

/**
 * A cell was written at or after the write time of this flush; nothing was written. Either another
 * writer of the user took over and this one is to end, or a clock is wrong.
 */
public final class NewerCellException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long cellMicros;

    /**
     * @param cell table and column
     * @param cellMicros write time of the cell
     * @param writeTimeMicros of the refused flush
     */
    public NewerCellException(String cell, long cellMicros, long writeTimeMicros) {
        super(
                cell
                        + " was written at "
                        + cellMicros
                        + " us, not before this flush's write time "
                        + writeTimeMicros
                        + " us: another writer of this user took over, or a clock is wrong");
        this.cellMicros = cellMicros;
    }

    /** Write time of the cell, epoch microseconds. */
    public long cellMicros() {
        return cellMicros;
    }
}
