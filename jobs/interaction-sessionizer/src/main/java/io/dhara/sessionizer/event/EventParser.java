package io.dhara.sessionizer.event;

import io.dhara.flink.source.RawRecord;

/** Reads the records of one format. For one thread. */
interface EventParser {
    /**
     * @param value the record's value
     * @throws RejectedException if nothing of it can be read
     */
    ParsedRecord parse(RawRecord record, byte[] value);
}
