package io.dhara.localstack.demo;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of events, plain or gzip, as the records that their producer would put on Kafka: those of
 * the sources of {@code examples/features}, or whatever a file of JSON lines holds. Read as often
 * as asked, never held whole.
 */
public final class RecordInput {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final String MISSING = "NA";
    private static final double CENTS = 100;

    /** The forms of a file. */
    public enum Format {
        /** Each line is the value of one record. */
        JSONL,
        /**
         * {@code userId,itemId,categoryId,behavior,epochSeconds}, without a header: clicks of
         * {@code shop.yaml}.
         */
        TAOBAO_CSV,
        /**
         * Orders with a header that names {@code store_id, created_at, actual_delivery_time,
         * subtotal}: order events of {@code kitchen.yaml}. An order is created, and delivered if
         * its delivery is known; if not, its end was never heard of.
         */
        DOORDASH_CSV
    }

    /**
     * One record, or why a line is none: exactly one of value and problem is there.
     *
     * @param line 1-based number of its line
     */
    public record Entry(long line, byte @Nullable [] value, @Nullable String problem) {}

    /** Told of each record. */
    @FunctionalInterface
    public interface Entries {
        void take(Entry entry) throws Exception;
    }

    private final Path file;
    private final Format format;

    public RecordInput(Path file, Format format) {
        this.file = requireNonNull(file, "file is null");
        this.format = requireNonNull(format, "format is null");
    }

    /**
     * Reads all records, in the order of the lines.
     *
     * @throws java.io.IOException if the file cannot be read
     */
    public void forEach(Entries entries) throws Exception {
        try (BufferedReader lines = EventInput.lines(file)) {
            long number = 0;
            Map<String, Integer> header = Map.of();
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                number++;
                if (number == 1 && format == Format.DOORDASH_CSV) {
                    header = header(text);
                    continue;
                }
                List<byte[]> values;
                try {
                    values = values(number, text, header);
                } catch (IllegalArgumentException | DateTimeException e) {
                    entries.take(new Entry(number, null, String.valueOf(e.getMessage())));
                    continue;
                }
                for (byte[] value : values) {
                    entries.take(new Entry(number, value, null));
                }
            }
        }
    }

    private List<byte[]> values(long number, String text, Map<String, Integer> header)
            throws JsonProcessingException {
        return switch (format) {
            case JSONL -> List.of(text.getBytes(StandardCharsets.UTF_8));
            case TAOBAO_CSV -> List.of(JSON.writeValueAsBytes(click(text)));
            case DOORDASH_CSV -> order(number, text, header);
        };
    }

    private static Map<String, Object> click(String text) {
        String[] fields = text.split(",", -1);
        if (fields.length != 5) {
            throw new IllegalArgumentException("expected 5 fields: got " + fields.length);
        }
        Map<String, Object> click = new LinkedHashMap<>();
        click.put("user_id", fields[0].trim());
        click.put("item_id", Long.valueOf(fields[1].trim()));
        click.put("category_id", fields[2].trim());
        click.put("behavior", fields[3].trim());
        click.put("at", Long.valueOf(fields[4].trim()));
        return click;
    }

    private static Map<String, Integer> header(String text) {
        List<String> names = cells(text);
        Map<String, Integer> places = new HashMap<>();
        for (int place = 0; place < names.size(); place++) {
            places.put(names.get(place), place);
        }
        return places;
    }

    private static List<byte[]> order(long number, String text, Map<String, Integer> header) {
        List<String> cells = cells(text);
        long created = millis(cell("created_at", cells, header));
        OrderEvent order =
                new OrderEvent(
                        "line-" + number,
                        known("store_id", cells, header),
                        OrderEvent.CREATED,
                        Long.parseLong(known("subtotal", cells, header)) / CENTS,
                        created,
                        created);
        String delivered = cell("actual_delivery_time", cells, header);
        return delivered.equals(MISSING)
                ? List.of(order.toJson())
                : List.of(
                        order.toJson(),
                        order.then(OrderEvent.DELIVERED, millis(delivered)).toJson());
    }

    private static String known(String column, List<String> cells, Map<String, Integer> header) {
        String cell = cell(column, cells, header);
        if (cell.equals(MISSING)) {
            throw new IllegalArgumentException(column + " must be known: got " + MISSING);
        }
        return cell;
    }

    private static String cell(String column, List<String> cells, Map<String, Integer> header) {
        Integer place = header.get(column);
        if (place == null) {
            throw new IllegalArgumentException("the header names no column " + column);
        }
        if (place >= cells.size()) {
            throw new IllegalArgumentException(
                    "expected " + header.size() + " fields: got " + cells.size());
        }
        return cells.get(place);
    }

    private static long millis(String text) {
        return LocalDateTime.parse(text, SECONDS).toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    /** Cells of a line of CSV; quotes may hold commas, and a quote is written twice in them. */
    private static List<String> cells(String text) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
