package io.dhara.ingest.domain;

import io.dhara.flink.sink.WaitUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells senders that wait how units ended which never reach a store.
 *
 * @param entity label as sent; empty if not known
 * @param keyValues as sent, or in key sequence order where that is known
 * @param groups labels as sent; empty for all or none in particular
 * @param reason why they were rejected; null for units that had expired on arrival
 * @param detail to the reason; else empty
 * @param waits not empty
 */
public record Notice(
        String entity,
        List<String> keyValues,
        List<String> groups,
        @Nullable RejectReason reason,
        String detail,
        List<WaitUnit> waits) {
    public Notice {
        keyValues = List.copyOf(keyValues);
        groups = List.copyOf(groups);
        waits = List.copyOf(waits);
    }
}
