package io.dhara.serving.inferflow.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.dhara.core.model.DataType.Kind;
import io.dhara.core.psdb.Elements;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.predict.DataType;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.inferflow.scoring.CellElements.Slice;
import org.jspecify.annotations.Nullable;

/** Typed values of {@code Predict} requests, decoded by the type that the request declares. */
final class PredictValue {
    private PredictValue() {}

    /**
     * The value as the text of an input column: cast to its type first where both are numbers.
     *
     * @param vectorLength declared; 0 for as many as there are
     * @param where for messages: field, index and name
     * @return empty for no bytes, which is an absent value unless the column holds strings
     * @throws ServingException INVALID for an unknown type and for bytes that do not fit it
     */
    static String text(
            PlanColumn column,
            DataType declared,
            int vectorLength,
            ByteString value,
            String where) {
        io.dhara.core.model.DataType type =
                declared == DataType.UNRECOGNIZED
                        ? null
                        : io.dhara.core.model.DataType.ofId(declared.getNumber()).orElse(null);
        if (type == null) {
            throw invalid(where + " has data_type " + declared + ", which is none");
        }
        if (value.isEmpty()) {
            return "";
        }
        byte[] bytes = value.toByteArray();
        if (type.kind() == Kind.STRING) {
            return string(type, vectorLength, bytes);
        }
        int width = Elements.width(type);
        int count = bytes.length / width;
        boolean fits =
                bytes.length % width == 0
                        && (type.isVector()
                                ? vectorLength == 0 || vectorLength == count
                                : count == 1);
        if (!fits) {
            throw invalid(
                    "%s has %d bytes, which is no %s%s"
                            .formatted(
                                    where,
                                    bytes.length,
                                    declared,
                                    type.isVector() ? " of " + vectorLength + " elements" : ""));
        }
        io.dhara.core.model.DataType shown = type;
        if (column.type().kind() != Kind.STRING && column.type().scalar() != type.scalar()) {
            shown = column.type();
            byte[] cast = new byte[count * Elements.width(shown)];
            CellElements.cast(type, Slice.of(bytes), count, shown, cast, 0);
            bytes = cast;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            Elements.appendText(
                    i == 0 ? text : text.append(','), shown, bytes, i * Elements.width(shown));
        }
        return text.toString();
    }

    /** String vectors come in the stored form, or as the peer's text with separators. */
    private static String string(
            io.dhara.core.model.DataType type, int vectorLength, byte[] bytes) {
        if (type.isVector() && vectorLength > 0) {
            byte @Nullable [][] stored = CellElements.strings(type, Slice.of(bytes), vectorLength);
            if (stored != null) {
                return ValueText.of(type, vectorLength, bytes, 0, bytes.length);
            }
        }
        return new String(bytes, UTF_8);
    }

    static ServingException invalid(String message) {
        return new ServingException(ServingException.Kind.INVALID, message);
    }
}
