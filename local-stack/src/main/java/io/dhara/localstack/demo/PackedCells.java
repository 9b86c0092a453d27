package io.dhara.localstack.demo;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.FeatureText;
import io.dhara.proto.v1.Column;
import io.dhara.proto.v1.FeatureStatus;
import io.dhara.proto.v1.GroupRows;
import io.dhara.proto.v1.RetrieveResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A packed response, taken apart cell by cell. */
public final class PackedCells {

    /**
     * One value of one row.
     *
     * @param row index of the requested key
     * @param value Long, Double, Boolean, String, or a List of one of them for vectors
     * @param text the value as people read it
     * @param status UNRECOGNIZED if serving knows more statuses than this does
     * @param eventTimeMs of the stored block, in epoch milliseconds; 0 where nothing is stored
     * @param schemaVersion of the stored block; 0 where nothing is stored
     * @param expiryMs of the stored block, in epoch milliseconds; 0 where nothing is stored or
     *     nothing ends
     */
    public record Cell(
            int row,
            String group,
            String feature,
            DataType type,
            Object value,
            String text,
            FeatureStatus status,
            long eventTimeMs,
            int schemaVersion,
            long expiryMs) {

        /** The status as people read it, for example {@code present}. */
        public String statusText() {
            String name = status.name();
            return name.substring(name.startsWith(STATUS_PREFIX) ? STATUS_PREFIX.length() : 0)
                    .toLowerCase(Locale.ROOT);
        }
    }

    private static final String STATUS_PREFIX = "FEATURE_STATUS_";

    private PackedCells() {}

    /**
     * All cells, row by row, column by column.
     *
     * @throws IllegalArgumentException for a response that this version cannot read
     */
    public static List<Cell> of(RetrieveResponse response) {
        Map<String, GroupRows> groups = new HashMap<>();
        response.getGroupsList().forEach(group -> groups.put(group.getGroup(), group));
        ByteBuffer values =
                response.getValues().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        List<Cell> cells = new ArrayList<>(response.getStatuses().size());
        for (int row = 0; row < response.getRows(); row++) {
            for (Column column : response.getColumnsList()) {
                byte[] bytes =
                        new byte[column.getWidth() > 0 ? column.getWidth() : values.getInt()];
                values.get(bytes);
                GroupRows group = groups.get(column.getGroup());
                if (group == null) {
                    throw new IllegalArgumentException(
                            "the answer has a column but no times of group " + column.getGroup());
                }
                DataType type = type(column);
                StringBuilder text = new StringBuilder();
                FeatureText.append(text, type, column.getVectorLength(), bytes, 0, bytes.length);
                cells.add(
                        new Cell(
                                row,
                                column.getGroup(),
                                column.getFeature(),
                                type,
                                value(type, column.getVectorLength(), bytes),
                                text.toString(),
                                status(response.getStatuses().byteAt(cells.size())),
                                group.getEventTimeMs(row),
                                group.getSchemaVersion(row),
                                group.getExpiryMs(row)));
            }
        }
        return cells;
    }

    private static DataType type(Column column) {
        return DataType.ofWireName(column.getDataType())
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "the answer has the unknown type "
                                                + column.getDataType()
                                                + " of feature "
                                                + column.getFeature()));
    }

    private static FeatureStatus status(byte number) {
        FeatureStatus status = FeatureStatus.forNumber(number);
        return status == null ? FeatureStatus.UNRECOGNIZED : status;
    }

    /** Long, Double, Boolean, String, or a List of one of them for vectors. */
    static Object value(DataType type, int vectorLength, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (!type.isVector()) {
            return element(type, in, bytes.length);
        }
        int[] lengths = new int[vectorLength];
        for (int i = 0; i < vectorLength; i++) {
            lengths[i] =
                    type.kind() == DataType.Kind.STRING
                            ? Short.toUnsignedInt(in.getShort())
                            : Math.max(1, type.elementBytes());
        }
        List<Object> elements = new ArrayList<>();
        for (int length : lengths) {
            elements.add(element(type.scalar(), in, length));
        }
        return elements;
    }

    private static Object element(DataType type, ByteBuffer in, int length) {
        return switch (type.kind()) {
            case BOOL -> in.get() != 0;
            case STRING -> {
                byte[] utf8 = new byte[length];
                in.get(utf8);
                yield new String(utf8, StandardCharsets.UTF_8);
            }
            case INT -> integer(in, length, true);
            case UINT -> integer(in, length, false);
            case FLOAT -> floating(type, in, length);
        };
    }

    private static long integer(ByteBuffer in, int length, boolean signed) {
        return switch (length) {
            case 1 -> signed ? in.get() : Byte.toUnsignedLong(in.get());
            case 2 -> signed ? in.getShort() : Short.toUnsignedLong(in.getShort());
            case 4 -> signed ? in.getInt() : Integer.toUnsignedLong(in.getInt());
            default -> in.getLong();
        };
    }

    private static double floating(DataType type, ByteBuffer in, int length) {
        if (length == Float.BYTES) {
            return in.getFloat();
        }
        if (length == Double.BYTES) {
            return in.getDouble();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        StringBuilder text = new StringBuilder();
        FeatureText.append(text, type, 0, bytes, 0, length);
        return Double.parseDouble(text.toString());
    }
}
