package io.dhara.localstack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventInputTest {
    @TempDir Path dir;

    @Test
    void taobao_line_isAnEventInMilliseconds() throws Exception {
        EventInput.Line line =
                lines(EventInput.Format.TAOBAO_CSV, "543462,1715,1464116,pv,1511658000").get(0);
        assertThat(line.event())
                .isEqualTo(
                        new ShopEvent(
                                "543462",
                                "1715",
                                "1464116",
                                ShopEvent.Behavior.VIEW,
                                1_511_658_000_000L));
    }

    @Test
    void taobao_linesThatAreNoEvents_areCountedWithNumberAndReason() throws Exception {
        List<EventInput.Line> lines =
                lines(
                        EventInput.Format.TAOBAO_CSV,
                        "user,item,category,behavior,timestamp",
                        "1,2,3,pv",
                        "1,2,3,stare,1511658000",
                        "1,,3,pv,1511658000",
                        "1,2,3,pv,99999999999999999",
                        "",
                        "1,2,3,buy,1511658000");
        assertThat(lines).hasSize(7);
        assertThat(lines.subList(0, 6)).allMatch(line -> line.problem() != null);
        assertThat(lines.get(2).problem()).contains("stare");
        assertThat(lines.get(3).problem()).contains("product is empty");
        assertThat(lines.get(6).event()).isNotNull();
        assertThat(lines.get(6).number()).isEqualTo(7);
    }

    @Test
    void jsonl_eventsAndMessages_areRead() throws Exception {
        List<EventInput.Line> lines =
                lines(
                        EventInput.Format.JSONL,
                        "{\"user\":\"u\",\"product\":\"p\",\"category\":\"c\",\"behavior\":\"BUY\",\"time\":\"2024-01-01T00:00:00Z\"}",
                        "{\"entity\":\"user\",\"key\":[\"u\"],\"groups\":{\"taste\":{\"taste_8\":[1,0.5]}},\"time\":5}",
                        "[1]",
                        "{\"user\":\"u\"}");
        assertThat(lines.get(0).event().behavior()).isEqualTo(ShopEvent.Behavior.BUY);
        assertThat(lines.get(0).event().eventTimeMs()).isEqualTo(1_704_067_200_000L);
        assertThat(lines.get(1).message().groups())
                .isEqualTo(Map.of("taste", Map.of("taste_8", List.of(1L, 0.5))));
        assertThat(lines.get(2).problem()).contains("not a JSON object");
        assertThat(lines.get(3).problem()).contains("time must be");
    }

    @Test
    void gzip_isKnownByItsContent() throws Exception {
        Path file = dir.resolve("no-suffix");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("1,2,3,pv,1511658000\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(read(new EventInput(file, EventInput.Format.TAOBAO_CSV)))
                .singleElement()
                .matches(line -> line.event() != null);
    }

    private List<EventInput.Line> lines(EventInput.Format format, String... lines)
            throws Exception {
        return read(new EventInput(file(lines), format));
    }

    private Path file(String... lines) throws IOException {
        return Files.write(dir.resolve("input"), List.of(lines));
    }

    private static List<EventInput.Line> read(EventInput input) throws Exception {
        List<EventInput.Line> lines = new ArrayList<>();
        input.forEach(lines::add);
        return lines;
    }
}
