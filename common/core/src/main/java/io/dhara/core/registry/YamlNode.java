package io.dhara.core.registry;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A YAML value that knows its line, which Jackson's own tree does not. Scalars are their text as
 * written: {@code 1.0} stays {@code 1.0}. Immutable.
 *
 * @param fields of a map, in order; else empty
 * @param items of a list; else empty
 * @param text of a scalar; else empty
 */
public record YamlNode(
        Kind kind, int line, Map<String, YamlNode> fields, List<YamlNode> items, String text) {

    /** Of what shape it is. */
    public enum Kind {
        MAP,
        LIST,
        TEXT,
        EMPTY
    }

    private static final YAMLFactory YAML =
            YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** A document that is no YAML. */
    public static final class MalformedYamlException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int line;

        MalformedYamlException(int line, String text) {
            super(text);
            this.line = line;
        }

        /** 1-based; 0 when unknown. */
        public int line() {
            return line;
        }
    }

    /** The one value of a document; {@link Kind#EMPTY} if there is none. */
    public static YamlNode parse(String document) throws MalformedYamlException {
        try (JsonParser parser = YAML.createParser(document)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return new YamlNode(Kind.EMPTY, 1, Map.of(), List.of(), "");
            }
            YamlNode root = read(parser, first);
            if (parser.nextToken() != null) {
                throw new MalformedYamlException(line(parser), "holds more than one document");
            }
            return root;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new MalformedYamlException(line, "is no YAML: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new MalformedYamlException(0, "cannot be read: " + e);
        }
    }

    private static YamlNode read(JsonParser parser, JsonToken token) throws IOException {
        int line = line(parser);
        switch (token) {
            case START_OBJECT -> {
                Map<String, YamlNode> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    fields.put(name, read(parser, parser.nextToken()));
                }
                return new YamlNode(Kind.MAP, line, fields, List.of(), "");
            }
            case START_ARRAY -> {
                List<YamlNode> items = new ArrayList<>();
                for (JsonToken next = parser.nextToken();
                        next != JsonToken.END_ARRAY;
                        next = parser.nextToken()) {
                    items.add(read(parser, next));
                }
                return new YamlNode(Kind.LIST, line, Map.of(), items, "");
            }
            case VALUE_NULL -> {
                return new YamlNode(Kind.EMPTY, line, Map.of(), List.of(), "");
            }
            default -> {
                return new YamlNode(Kind.TEXT, line, Map.of(), List.of(), parser.getText());
            }
        }
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
