package io.dhara.cli;

import com.google.protobuf.ByteString;
import io.dhara.core.model.DataType;
import io.dhara.core.psdb.FeatureText;
import io.dhara.proto.v1.Column;
import io.dhara.proto.v1.FeatureStatus;
import io.dhara.proto.v1.GroupRows;
import io.dhara.proto.v1.RetrieveResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A packed response taken apart for people.
 *
 * @param cells row by row, column by column
 */
record PackedRows(List<Cell> cells) {

    /** One value of one row, as text. Times in epoch milliseconds, 0 where there is none. */
    record Cell(
            int row,
            String group,
            String feature,
            String dataType,
            String text,
            String status,
            long eventTimeMs,
            int schemaVersion,
            long expiryMs) {}

    static PackedRows of(RetrieveResponse response) {
        Map<String, GroupRows> groups = new HashMap<>();
        response.getGroupsList().forEach(g -> groups.put(g.getGroup(), g));
        ByteBuffer values =
                response.getValues().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        ByteString statuses = response.getStatuses();
        List<Cell> cells = new ArrayList<>();
        int at = 0;
        for (int row = 0; row < response.getRows(); row++) {
            for (Column column : response.getColumnsList()) {
                int length = column.getWidth() > 0 ? column.getWidth() : values.getInt();
                byte[] bytes = new byte[length];
                values.get(bytes);
                GroupRows group = groups.get(column.getGroup());
                cells.add(
                        new Cell(
                                row,
                                column.getGroup(),
                                column.getFeature(),
                                column.getDataType(),
                                text(column, bytes),
                                status(statuses.byteAt(at++)),
                                group.getEventTimeMs(row),
                                group.getSchemaVersion(row),
                                group.getExpiryMs(row)));
            }
        }
        return new PackedRows(cells);
    }

    private static String text(Column column, byte[] bytes) {
        DataType type =
                DataType.ofWireName(column.getDataType())
                        .orElseThrow(
                                () ->
                                        new CommandFailure(
                                                "serving answered with the unknown type "
                                                        + column.getDataType()));
        StringBuilder text = new StringBuilder();
        FeatureText.append(text, type, column.getVectorLength(), bytes, 0, bytes.length);
        return text.toString();
    }

    private static String status(byte number) {
        FeatureStatus status = FeatureStatus.forNumber(number);
        return status == null
                ? "status " + number
                : status.name().substring("FEATURE_STATUS_".length()).toLowerCase(Locale.ROOT);
    }
}
