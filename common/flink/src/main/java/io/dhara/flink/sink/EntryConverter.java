package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.ElementConverter;

/** A user's converter, its results wrapped for the sink. */
final class EntryConverter<InputT> implements ElementConverter<InputT, WriteEntry> {
    private static final long serialVersionUID = 1L;

    private final ElementConverter<InputT, PendingWrite> converter;

    EntryConverter(ElementConverter<InputT, PendingWrite> converter) {
        this.converter = requireNonNull(converter, "converter is null");
    }

    @Override
    public void open(WriterInitContext context) {
        converter.open(context);
    }

    @Override
    public WriteEntry apply(InputT element, SinkWriter.Context context) {
        return new WriteEntry(converter.apply(element, context));
    }
}
