package io.dhara.serving.inferflow.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import io.dhara.core.psdb.Elements;
import io.dhara.core.psdb.LittleEndian;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The open inference protocol's JSON. Data is flat and row-major on writing; nested arrays are read
 * too. Floats that JSON has no number for are the texts {@code NaN}, {@code Infinity} and {@code
 * -Infinity}.
 */
final class JsonTensors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = JSON.getFactory();

    private JsonTensors() {}

    static byte[] request(ModelRequest request) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            if (!request.id().isEmpty()) {
                json.writeStringField("id", request.id());
            }
            json.writeObjectFieldStart("parameters");
            json.writeStringField("model_name", request.model());
            if (!request.version().isEmpty()) {
                json.writeStringField("model_version", request.version());
            }
            if (!request.calibration().isEmpty()) {
                json.writeStringField(ModelRequest.CALIBRATION, request.calibration());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("inputs");
            for (Tensor tensor : request.inputs()) {
                write(json, tensor);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("outputs");
            for (String output : request.outputs()) {
                json.writeStartObject();
                json.writeStringField("name", output);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, Tensor tensor) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", tensor.name());
        json.writeStringField("datatype", Tensor.nameOf(tensor.type()));
        json.writeFieldName("shape");
        json.writeArray(tensor.shape(), 0, tensor.shape().length);
        json.writeArrayFieldStart("data");
        DataType type = tensor.type();
        byte[] raw = tensor.raw();
        if (type.kind() == Kind.STRING) {
            for (int at = 0; at < raw.length; ) {
                int length = LittleEndian.int32(raw, at);
                at += Tensor.STRING_LENGTH_BYTES;
                json.writeString(new String(raw, at, length, UTF_8));
                at += length;
            }
        } else {
            for (int at = 0; at < raw.length; at += Elements.width(type)) {
                writeElement(json, type, raw, at);
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeElement(JsonGenerator json, DataType type, byte[] raw, int at)
            throws IOException {
        if (type.kind() == Kind.BOOL) {
            json.writeBoolean(raw[at] != 0);
            return;
        }
        double value = Elements.read(type, raw, at);
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            json.writeString(Double.toString(value));
            return;
        }
        StringBuilder text = new StringBuilder();
        Elements.appendText(text, type, raw, at);
        json.writeNumber(text.toString());
    }

    /**
     * The tensors of an answer.
     *
     * @throws IllegalArgumentException if it is none, saying where
     */
    static List<Tensor> tensors(byte[] answer) {
        JsonNode outputs;
        try {
            outputs = JSON.readTree(answer).path("outputs");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("no JSON", e);
        }
        if (!outputs.isArray()) {
            throw new IllegalArgumentException("has no array outputs");
        }
        List<Tensor> tensors = new ArrayList<>();
        for (JsonNode output : outputs) {
            tensors.add(tensor(output));
        }
        return tensors;
    }

    private static Tensor tensor(JsonNode output) {
        String name = output.path("name").asText();
        DataType type = Tensor.typeOf(output.path("datatype").asText());
        if (type == null) {
            throw new IllegalArgumentException(
                    "output %s has unknown type %s"
                            .formatted(name, output.path("datatype").asText()));
        }
        JsonNode sizes = output.path("shape");
        long[] shape = new long[sizes.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = sizes.get(i).asLong(-1);
        }
        List<JsonNode> data = new ArrayList<>();
        flatten(output.path("data"), data);
        return new Tensor(
                name,
                type,
                shape,
                type.kind() == Kind.STRING ? strings(data) : numbers(name, type, data));
    }

    private static void flatten(JsonNode data, List<JsonNode> into) {
        for (JsonNode element : data) {
            if (element.isArray()) {
                flatten(element, into);
            } else {
                into.add(element);
            }
        }
    }

    private static byte[] numbers(String name, DataType type, List<JsonNode> data) {
        int width = Elements.width(type);
        byte[] raw = new byte[data.size() * width];
        for (int i = 0; i < data.size(); i++) {
            // An absent score must not become a number.
            @Nullable String text = data.get(i).isNull() ? null : data.get(i).asText();
            if (text == null || !Elements.parse(text, type, raw, i * width)) {
                throw new IllegalArgumentException(
                        "output %s has no %s at %d: %s"
                                .formatted(name, Tensor.nameOf(type), i, data.get(i)));
            }
        }
        return raw;
    }

    private static byte[] strings(List<JsonNode> data) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        byte[] length = new byte[Tensor.STRING_LENGTH_BYTES];
        for (JsonNode element : data) {
            byte[] text = element.asText().getBytes(UTF_8);
            LittleEndian.put32(length, 0, text.length);
            raw.writeBytes(length);
            raw.writeBytes(text);
        }
        return raw.toByteArray();
    }
}
