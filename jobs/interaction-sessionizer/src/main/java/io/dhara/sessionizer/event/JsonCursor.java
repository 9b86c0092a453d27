package io.dhara.sessionizer.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import java.io.IOException;
import java.util.Locale;

/**
 * Walks one JSON object by Jackson's streaming parser and takes what Go's {@code encoding/json}
 * takes, which wrote or read these shapes first: names in any case, {@code null} as absent, of two
 * members of one name the last, members it does not know. Integers may also come as decimal text,
 * as protobuf's JSON writes them.
 *
 * <pre>{@code
 * if (json.enterObject()) {
 *     while (json.nextMember()) {
 *         switch (json.member()) {
 *             case "user_id" -> userId = json.text();
 *             default -> json.skip();
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>A value of the wrong kind is skipped before {@link RejectReason#BAD_FIELD} is thrown, so the
 * caller may go on with the next member. An {@link IOException} means that this is no JSON.
 */
final class JsonCursor implements AutoCloseable {
    private static final int MAX_DEPTH = 64;
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    // Bytes are UTF-8, whatever they look like.
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    // Names are canonical without it; interning what senders invent is not free.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build();

    /** Takes what a format needs from a document. */
    @FunctionalInterface
    interface Shape {
        ParsedRecord read(JsonCursor json) throws IOException;
    }

    private final JsonParser parser;
    private String name = "";

    private JsonCursor(byte[] document) throws IOException {
        parser = FACTORY.createParser(document);
        if (parser.nextToken() == null) {
            throw new IOException("the record is empty");
        }
    }

    /**
     * Reads a whole document.
     *
     * @throws RejectedException also if it is no JSON, or not only one value
     */
    static ParsedRecord parse(byte[] document, Shape shape) {
        try (JsonCursor json = new JsonCursor(document)) {
            ParsedRecord parsed = shape.read(json);
            if (json.parser.nextToken() != null) {
                throw new IOException("something follows the object");
            }
            return parsed;
        } catch (JsonProcessingException e) {
            JsonLocation where = e.getLocation();
            throw notJson(
                    e.getOriginalMessage()
                            + (where == null ? "" : " at byte " + where.getByteOffset()));
        } catch (IOException e) {
            throw notJson(e.getMessage());
        }
    }

    private static RejectedException notJson(String problem) {
        return new RejectedException(RejectReason.UNPARSABLE, "not one JSON object: " + problem);
    }

    /** Goes into the object the cursor stands on; false if it is null or absent. */
    boolean enterObject() throws IOException {
        return enter(JsonToken.START_OBJECT, "an object");
    }

    /** Goes into the array the cursor stands on; false if it is null or absent. */
    boolean enterArray() throws IOException {
        return enter(JsonToken.START_ARRAY, "an array");
    }

    private boolean enter(JsonToken start, String kind) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        if (parser.currentToken() != start) {
            throw wrongKind(kind);
        }
        return true;
    }

    /** Goes on to the next member of the object and stands on its value; false at its end. */
    boolean nextMember() throws IOException {
        if (parser.nextToken() != JsonToken.FIELD_NAME) {
            return false;
        }
        name = parser.currentName();
        parser.nextToken();
        return true;
    }

    /** Goes on to the next element of the array; false at its end. */
    boolean nextElement() throws IOException {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    /** Name of the member, in lower case. */
    String member() {
        return name.toLowerCase(Locale.ROOT);
    }

    /** The value as text; empty if it is null. */
    String text() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NULL -> "";
            default -> throw wrongKind("a string");
        };
    }

    /** The value of an id that senders write as text or as an integer; empty if it is null. */
    String id() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                ? Long.toString(integer())
                : text();
    }

    /** The value as a whole number; 0 if it is null. */
    long integer() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT -> int64();
            case VALUE_STRING -> int64(parser.getText());
            case VALUE_NULL -> 0;
            default -> throw wrongKind("a whole number");
        };
    }

    private long int64() throws IOException {
        try {
            return parser.getLongValue();
        } catch (InputCoercionException e) {
            throw tooLong();
        }
    }

    private long int64(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new RejectedException(
                    RejectReason.BAD_FIELD,
                    name + " must be a whole number of 64 bits: got other text");
        }
    }

    private RejectedException tooLong() {
        return new RejectedException(
                RejectReason.BAD_FIELD, name + " must be a whole number of 64 bits: got a longer");
    }

    /** Leaves the value out. */
    void skip() throws IOException {
        parser.skipChildren();
    }

    private RejectedException wrongKind(String expected) throws IOException {
        JsonToken token = parser.currentToken();
        parser.skipChildren();
        String what = name.isEmpty() ? "the record" : name;
        return new RejectedException(
                RejectReason.BAD_FIELD, what + " must be " + expected + ": got " + kind(token));
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "a number";
            case VALUE_NUMBER_FLOAT -> "a number with fraction or exponent";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            default -> "nothing";
        };
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
