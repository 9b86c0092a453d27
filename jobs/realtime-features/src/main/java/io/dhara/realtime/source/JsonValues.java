package io.dhara.realtime.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.dhara.realtime.domain.event.FieldType;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a JSON object (RFC 8259, UTF-8), by Jackson's streaming parser: what is not wanted is
 * skipped. Values are taken as they are written: text is no number, a number no text; a whole
 * number may be written {@code 5.0}. A wanted field that is there twice is rejected, for readers
 * disagree on which one counts.
 */
final class JsonValues implements ValueParser {
    private static final int MAX_DEPTH = 100;

    /** From here on a double may stand for another whole number than was written. */
    private static final double FIRST_INEXACT = 1L << 53;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    // Bytes are UTF-8, whatever they look like.
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    // Names are canonical without it; interning what senders invent is not free.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build();

    private final FieldTree root;
    private final int columns;

    JsonValues(Map<String, FieldType> fields) {
        this.root = FieldTree.of(fields);
        this.columns = fields.size();
    }

    @Override
    public @Nullable Object[] parse(byte[] value) {
        try (JsonParser json = FACTORY.createParser(value)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw RejectedException.malformed(
                        "the record must be a JSON object: got " + kind(json));
            }
            @Nullable Object[] row = new @Nullable Object[columns];
            boolean[] seen = new boolean[columns];
            readObject(json, root, row, seen);
            if (json.nextToken() != null) {
                throw RejectedException.malformed(
                        "nothing may follow the JSON object: got " + kind(json));
            }
            return row;
        } catch (JsonProcessingException e) {
            throw RejectedException.malformed("no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw RejectedException.malformed("no JSON: " + e.getMessage());
        }
    }

    private static void readObject(
            JsonParser json, FieldTree tree, @Nullable Object[] row, boolean[] seen)
            throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            FieldTree field = tree.member(json.currentName());
            json.nextToken();
            if (field == null) {
                json.skipChildren();
            } else if (field.column() != FieldTree.NONE) {
                if (seen[field.column()]) {
                    throw RejectedException.badField(field.path(), "there once", "it twice");
                }
                seen[field.column()] = true;
                row[field.column()] = value(json, field);
            } else if (json.currentToken() == JsonToken.START_OBJECT) {
                readObject(json, field, row, seen);
            } else if (json.currentToken() != JsonToken.VALUE_NULL) {
                throw RejectedException.badField(field.path(), "an object", kind(json));
            }
        }
    }

    private static @Nullable Object value(JsonParser json, FieldTree field) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        FieldType type = field.type();
        if (type == null) {
            return null;
        }
        return switch (type) {
            case STRING -> text(json, field);
            case INT64 -> whole(json, field);
            case DOUBLE -> number(json, field);
            case BOOLEAN -> bool(json, field);
        };
    }

    private static String text(JsonParser json, FieldTree field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw RejectedException.badField(field.path(), "a text", kind(json));
        }
        return Texts.checked(field.path(), json.getText());
    }

    private static Long whole(JsonParser json, FieldTree field) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            JsonParser.NumberType size = json.getNumberType();
            if (size == JsonParser.NumberType.INT || size == JsonParser.NumberType.LONG) {
                return json.getLongValue();
            }
        } else if (json.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
            double number = json.getDoubleValue();
            if (Math.abs(number) < FIRST_INEXACT && number == Math.rint(number)) {
                return (long) number;
            }
        }
        throw RejectedException.badField(field.path(), "a whole number of 64 bits", kind(json));
    }

    private static Double number(JsonParser json, FieldTree field) throws IOException {
        if (json.currentToken().isNumeric()) {
            double number = json.getDoubleValue();
            if (Double.isFinite(number)) {
                return number;
            }
        }
        throw RejectedException.badField(field.path(), "a number", kind(json));
    }

    private static Boolean bool(JsonParser json, FieldTree field) throws IOException {
        if (!json.currentToken().isBoolean()) {
            throw RejectedException.badField(field.path(), "true or false", kind(json));
        }
        return json.getBooleanValue();
    }

    /** What stands here, for a rejection. */
    private static String kind(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "the text " + Texts.shown(json.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    "the number " + Texts.shown(json.getText());
            case VALUE_NULL -> "null";
            case VALUE_TRUE, VALUE_FALSE -> json.getText();
            default -> json.getText();
        };
    }
}
