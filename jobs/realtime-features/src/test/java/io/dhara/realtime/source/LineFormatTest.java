package io.dhara.realtime.source;

import static io.dhara.realtime.source.Sources.fields;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.realtime.domain.definition.SourceSpec.Format;
import io.dhara.realtime.domain.definition.SourceSpec.TimeUnit;
import io.dhara.realtime.domain.event.FieldType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFormatTest {
    private static final long SEAM = 1_000_000;
    private static final int MAX_BYTES = 100;

    @TempDir Path folder;

    private final LineFormat format =
            new LineFormat(
                    Sources.source(Format.AVRO, "at", TimeUnit.MS, fields("at", FieldType.INT64)),
                    SEAM,
                    MAX_BYTES);

    @Test
    void read_everyLine_isAnEventOrRejectedOrBehindTheSeam() throws IOException {
        List<RecordAndPosition<ReadEvent>> read =
                read(
                        split(
                                "a.jsonl",
                                "{\"at\": 1}\r\n\n\r\n{\"at\": 1000000}\n{\"at\": 999999}\nbad\n"
                                        + "x".repeat(1_000)
                                        + "\n{\"at\": 4}"),
                        false);

        assertThat(times(read)).containsExactly(1L, 999_999L, null, null, 4L);
        assertThat(read)
                .extracting(RecordAndPosition::getOffset)
                .containsExactly(1L, 5L, 6L, 7L, 8L);
        RejectedRecord bad = read.get(2).getRecord().rejected();
        assertThat(bad).isNotNull();
        assertThat(bad.record().position().toString()).endsWith("a.jsonl/-1/5");
        assertThat(bad.record().value()).asString().isEqualTo("bad");
        RejectedRecord large = read.get(3).getRecord().rejected();
        assertThat(large).isNotNull();
        assertThat(large.rejections().get(0).reason()).isEqualTo("oversized-record");
        assertThat(large.record().value()).hasSize(MAX_BYTES + 1);
    }

    @Test
    void restore_anywhere_goesOnWithTheNextLine() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_203; i++) {
            lines.append("{\"at\": ").append(i).append(i % 7 == 0 ? "}\n\n" : "}\n");
        }
        for (String name : List.of("a.jsonl", "a.jsonl.gz")) {
            FileSourceSplit split = split(name, lines.toString());
            List<RecordAndPosition<ReadEvent>> all = read(split, false);
            assertThat(all).hasSize(1_203);
            for (int done : new int[] {1, 499, 500, 501, 1_202, 1_203}) {
                CheckpointedPosition position =
                        new CheckpointedPosition(
                                all.get(done - 1).getOffset(),
                                all.get(done - 1).getRecordSkipCount());
                assertThat(times(read(split.updateWithCheckpointedPosition(position), true)))
                        .isEqualTo(times(all.subList(done, all.size())));
            }
        }
    }

    @Test
    void read_emptyFile_givesNothing() throws IOException {
        assertThat(read(split("a.jsonl", ""), false)).isEmpty();
    }

    private List<RecordAndPosition<ReadEvent>> read(FileSourceSplit split, boolean restored)
            throws IOException {
        List<RecordAndPosition<ReadEvent>> read = new ArrayList<>();
        Configuration config = new Configuration();
        try (BulkFormat.Reader<ReadEvent> reader =
                restored
                        ? format.restoreReader(config, split)
                        : format.createReader(config, split)) {
            for (var batch = reader.readBatch(); batch != null; batch = reader.readBatch()) {
                for (var next = batch.next(); next != null; next = batch.next()) {
                    read.add(next);
                }
                batch.releaseBatch();
            }
        }
        return read;
    }

    private static List<Long> times(List<RecordAndPosition<ReadEvent>> read) {
        List<Long> times = new ArrayList<>();
        for (RecordAndPosition<ReadEvent> one : read) {
            times.add(one.getRecord().event() == null ? null : one.getRecord().eventTimeMillis());
        }
        return times;
    }

    private FileSourceSplit split(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out =
                name.endsWith(".gz")
                        ? new GZIPOutputStream(Files.newOutputStream(file))
                        : Files.newOutputStream(file)) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
        long length = Files.size(file);
        return new FileSourceSplit(
                "1", new org.apache.flink.core.fs.Path(file.toUri()), 0, length, 0, length);
    }
}
