package io.dhara.localstack;

import java.util.Map;

/**
 * What the feature-ingest job has done so far, in rows (one entity key x one feature group), from
 * its own metrics. Once all is settled, {@code in = written + combined + rejected + expired}.
 *
 * @param in rows taken from Kafka; a message that cannot be parsed counts one
 * @param written rows whose write a store acknowledged, by store kind
 * @param combined rows replaced by a newer one of the same key before they were written
 * @param rejected rows in the dead-letter topic
 * @param expired rows whose life had ended when they arrived
 */
public record IngestCounts(
        long in, Map<String, Long> written, long combined, long rejected, long expired) {

    public IngestCounts {
        written = Map.copyOf(written);
    }

    /** Rows written to any store. */
    public long writtenInAll() {
        return written.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Rows whose fate is known. */
    public long settled() {
        return writtenInAll() + combined + rejected + expired;
    }
}
