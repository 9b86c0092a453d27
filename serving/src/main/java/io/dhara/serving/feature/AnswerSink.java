package io.dhara.serving.feature;

import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.serving.feature.ReadPlan.Column;
import java.util.List;

/** Takes the cells of an answer key by key, column by column, and turns them into bytes. */
interface AnswerSink {

    /**
     * A stored value.
     *
     * @param block open at its schema version; only valid during the call
     * @param sequence of the feature in that version
     * @param vectorLength elements of the feature in that version; 0 for scalars
     * @throws PsdbFormatException if the value does not decode; nothing has been taken then
     */
    void present(Column column, PsdbBlock block, int sequence, int vectorLength);

    /**
     * All columns of a selection at once, as stored values.
     *
     * @param first sequence of the first column; the others follow it one by one. All are scalar
     *     numbers, answered as they are stored
     * @return false to be told of each by {@link #present}
     */
    default boolean presentRun(List<Column> columns, PsdbBlock block, int first) {
        return false;
    }

    /** No stored value: the column's default is answered, and this is why. */
    void fallback(Column column, ValueStatus status);

    /** All columns of a key have been given. */
    void endKey();
}
