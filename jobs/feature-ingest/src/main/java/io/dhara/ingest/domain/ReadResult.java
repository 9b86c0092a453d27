package io.dhara.ingest.domain;

import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.RejectedRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one message. Units are rows x groups; a message without readable rows counts one.
 * Always: {@code unitsIn = writes + combined + expired + rejected}.
 *
 * @param writes blocks to be written, each (key, group) once
 * @param combined units superseded by a later row of the same message
 * @param expired units past their life on arrival
 * @param lenientFp64 units accepted although their floats came in {@code fp64_values}
 * @param rejected the message for the dead-letter topic; null if every unit was good
 * @param notices for senders that wait for units which are not among the writes
 */
public record ReadResult(
        int unitsIn,
        List<PendingWrite> writes,
        int combined,
        int expired,
        int lenientFp64,
        @Nullable RejectedRecord rejected,
        List<Notice> notices) {
    public ReadResult {
        writes = List.copyOf(writes);
        notices = List.copyOf(notices);
    }

    /** Units rejected. */
    public int rejectedUnits() {
        return rejected == null ? 0 : rejected.rejected();
    }
}
