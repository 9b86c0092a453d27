package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.ElementConverter;

/** Converts the stream's elements for a {@link FeatureStoreSinkWriter}. */
final class ConvertingWriter<InputT>
        implements StatefulSinkWriter<InputT, BufferedRequestState<WriteEntry>> {
    private final ElementConverter<InputT, WriteEntry> converter;
    private final FeatureStoreSinkWriter writer;

    ConvertingWriter(
            ElementConverter<InputT, WriteEntry> converter, FeatureStoreSinkWriter writer) {
        this.converter = requireNonNull(converter, "converter is null");
        this.writer = requireNonNull(writer, "writer is null");
    }

    @Override
    public void write(InputT element, Context context) throws InterruptedException {
        writer.write(converter.apply(element, context), context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        writer.flush(endOfInput);
    }

    @Override
    public List<BufferedRequestState<WriteEntry>> snapshotState(long checkpointId) {
        return writer.snapshotState(checkpointId);
    }

    @Override
    public void close() {
        writer.close();
    }
}
