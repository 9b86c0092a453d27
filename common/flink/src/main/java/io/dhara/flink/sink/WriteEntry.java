package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.stores.write.BlockWrite;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * A {@link PendingWrite} inside the sink, with what the sink knows about its attempts. Belongs to
 * the task thread. Serializable only because {@code AsyncSinkBase} bounds its type so: state goes
 * through {@link WriteStateSerializer}.
 */
public final class WriteEntry implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Objects and references around the bytes of one entry, roughly. */
    private static final int OVERHEAD_BYTES = 256;

    private final transient PendingWrite pending;
    private final int sizeBytes;
    private int failures;
    private long dueMillis;

    WriteEntry(PendingWrite pending) {
        this.pending = requireNonNull(pending, "pending is null");
        this.sizeBytes = sizeOf(pending);
    }

    PendingWrite pending() {
        return pending;
    }

    /** Bytes this entry holds in memory, estimated. */
    int sizeBytes() {
        return sizeBytes;
    }

    /** Failed attempts of this entry alone, in a row. */
    int failures() {
        return failures;
    }

    /** Processing time from which it may be sent. */
    long dueMillis() {
        return dueMillis;
    }

    void dueAt(long millis) {
        dueMillis = millis;
    }

    void failed() {
        failures = Math.min(failures + 1, Integer.MAX_VALUE - 1);
    }

    private static int sizeOf(PendingWrite pending) {
        BlockWrite write = pending.write();
        int size = OVERHEAD_BYTES + write.block().length + write.group().length();
        for (String value : write.key().values()) {
            size += value.getBytes(StandardCharsets.UTF_8).length;
        }
        return size + OVERHEAD_BYTES * pending.waits().size();
    }
}
