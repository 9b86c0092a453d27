package io.dhara.realtime.source;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.source.RawRecord;
import io.dhara.realtime.domain.definition.SourceSpec;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.common.io.compression.InflaterInputStreamFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.compression.StandardDeCompressors;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Files of one JSON event a line. Every line but empty ones is an event before the seam, a rejected
 * record with the file as topic and the line (from 0) as offset, or behind the seam and left out. A
 * checkpoint keeps the number of the next line; a file that is taken up again is read to there.
 */
final class LineFormat implements BulkFormat<ReadEvent, FileSourceSplit> {
    private static final long serialVersionUID = 1L;
    private static final int BATCH_EVENTS = 500;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int NO_PARTITION = -1;
    private static final int NO_TIMESTAMP = -1;

    private final SourceSpec source;
    private final long untilMillis;
    private final int maxRecordBytes;

    /**
     * @param source whose lines are JSON, whatever its format
     * @param untilMillis the seam, see {@link FileEvents}
     */
    LineFormat(SourceSpec source, long untilMillis, int maxRecordBytes) {
        this.source = requireNonNull(source, "source is null");
        this.untilMillis = untilMillis;
        this.maxRecordBytes = maxRecordBytes;
    }

    @Override
    public Reader<ReadEvent> createReader(Configuration config, FileSourceSplit split)
            throws IOException {
        return open(split, 0);
    }

    @Override
    public Reader<ReadEvent> restoreReader(Configuration config, FileSourceSplit split)
            throws IOException {
        return open(
                split, split.getReaderPosition().map(CheckpointedPosition::getOffset).orElse(0L));
    }

    private LineReader open(FileSourceSplit split, long firstLine) throws IOException {
        EventReader events;
        try {
            events =
                    new EventReader(
                            source.asJson(),
                            new byte[0],
                            maxRecordBytes,
                            System::currentTimeMillis);
        } catch (InvalidSourceException e) {
            throw new IOException("source " + source.name() + " cannot be read", e);
        }
        LineReader reader = new LineReader(split.path().toString(), unpacked(split.path()), events);
        reader.skipTo(firstLine);
        return reader;
    }

    private static InputStream unpacked(Path path) throws IOException {
        InputStream file = path.getFileSystem().open(path);
        InflaterInputStreamFactory<?> inflater =
                StandardDeCompressors.getDecompressorForFileName(path.getName());
        return new BufferedInputStream(
                inflater == null ? file : inflater.create(file), BUFFER_BYTES);
    }

    @Override
    public boolean isSplittable() {
        return false;
    }

    @Override
    public TypeInformation<ReadEvent> getProducedType() {
        return ReadEvent.TYPE;
    }

    private final class LineReader implements Reader<ReadEvent> {
        private final String file;
        private final InputStream in;
        private final EventReader events;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private long nextLine;

        LineReader(String file, InputStream in, EventReader events) {
            this.file = file;
            this.in = in;
            this.events = events;
        }

        void skipTo(long firstLine) throws IOException {
            while (nextLine < firstLine && readLine()) {
                nextLine++;
            }
        }

        @Override
        public @Nullable RecordIterator<ReadEvent> readBatch() throws IOException {
            List<RecordAndPosition<ReadEvent>> batch = new ArrayList<>();
            while (batch.size() < BATCH_EVENTS && readLine()) {
                long number = nextLine++;
                if (line.size() > 0) {
                    ReadEvent read = events.read(record(number));
                    if (read.event() == null || read.eventTimeMillis() < untilMillis) {
                        batch.add(new RecordAndPosition<>(read, nextLine, 0));
                    }
                }
            }
            return batch.isEmpty() ? null : new Batch(batch.iterator());
        }

        private RawRecord record(long number) {
            return new RawRecord(
                    file, NO_PARTITION, number, NO_TIMESTAMP, null, line.toByteArray(), List.of());
        }

        /** Whether there was one. Of one that is too long only so much is kept as shows it. */
        private boolean readLine() throws IOException {
            line.reset();
            int next = in.read();
            if (next < 0) {
                return false;
            }
            for (; next >= 0 && next != '\n'; next = in.read()) {
                if (next != '\r' && line.size() <= maxRecordBytes) {
                    line.write(next);
                }
            }
            return true;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private record Batch(Iterator<RecordAndPosition<ReadEvent>> events)
            implements BulkFormat.RecordIterator<ReadEvent> {
        @Override
        public @Nullable RecordAndPosition<ReadEvent> next() {
            return events.hasNext() ? events.next() : null;
        }

        @Override
        public void releaseBatch() {}
    }
}
