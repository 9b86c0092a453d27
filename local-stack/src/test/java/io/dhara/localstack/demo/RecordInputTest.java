package io.dhara.localstack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.localstack.demo.RecordInput.Format;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordInputTest {
    @TempDir Path dir;

    private List<String> read(String text, Format format) throws Exception {
        Path file = dir.resolve("events.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        List<String> found = new ArrayList<>();
        new RecordInput(file, format)
                .forEach(
                        entry ->
                                found.add(
                                        entry.line()
                                                + " "
                                                + (entry.value() == null
                                                        ? entry.problem()
                                                        : new String(
                                                                entry.value(),
                                                                StandardCharsets.UTF_8))));
        return found;
    }

    @Test
    void orders_areCreatedAndDelivered_orNeverHeardOfAgain() throws Exception {
        String text =
                """
                "market_id","created_at","actual_delivery_time","store_id","kind, of","subtotal"
                "1",2015-02-06 22:24:17,2015-02-06 23:27:16,"1845","a, ""b\""",3441
                "1",2015-02-06 22:24:17,NA,"1845",NA,100
                "1",2015-02-06 22:24:17,NA,NA,NA,100
                "1",yesterday,NA,"1845",NA,100
                "1"
                """;
        assertThat(read(text, Format.DOORDASH_CSV))
                .containsExactly(
                        "2 {\"order_id\":\"line-2\",\"restaurant_id\":\"1845\",\"status\":\"created\","
                                + "\"amount\":34.41,\"created_at_ms\":1423261457000,"
                                + "\"occurred_at_ms\":1423261457000}",
                        "2 {\"order_id\":\"line-2\",\"restaurant_id\":\"1845\",\"status\":\"delivered\","
                                + "\"amount\":34.41,\"created_at_ms\":1423261457000,"
                                + "\"occurred_at_ms\":1423265236000}",
                        "3 {\"order_id\":\"line-3\",\"restaurant_id\":\"1845\",\"status\":\"created\","
                                + "\"amount\":1.0,\"created_at_ms\":1423261457000,"
                                + "\"occurred_at_ms\":1423261457000}",
                        "4 store_id must be known: got NA",
                        "5 Text 'yesterday' could not be parsed at index 0",
                        "6 expected 6 fields: got 1");
    }

    @Test
    void clicks_areRecordsOfTheShop() throws Exception {
        assertThat(read("543462,1715,1464116,pv,1511658000\n1,2,3\n", Format.TAOBAO_CSV))
                .containsExactly(
                        "1 {\"user_id\":\"543462\",\"item_id\":1715,\"category_id\":\"1464116\","
                                + "\"behavior\":\"pv\",\"at\":1511658000}",
                        "2 expected 5 fields: got 3");
    }

    @Test
    void jsonLines_areTakenAsTheyAre() throws Exception {
        assertThat(read("{\"a\": 1}\n\n", Format.JSONL)).containsExactly("1 {\"a\": 1}", "2 ");
    }
}
