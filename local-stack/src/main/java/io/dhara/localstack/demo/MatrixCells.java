package io.dhara.localstack.demo;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.FeatureText;
import io.dhara.proto.v1.CellStatus;
import io.dhara.proto.v1.MatrixColumn;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A packed matrix, taken apart row by row. */
public final class MatrixCells {
    private static final String STATUS_PREFIX = "CELL_STATUS_";

    /**
     * One cell.
     *
     * @param value Long, Double, Boolean, String, or a List of one of them for vectors
     * @param text the value as people read it
     * @param status UNRECOGNIZED if serving knows more statuses than this does
     */
    public record Cell(String column, DataType type, Object value, String text, CellStatus status) {

        /** The status as people read it, for example {@code present}. */
        public String statusText() {
            String name = status.name();
            return name.substring(name.startsWith(STATUS_PREFIX) ? STATUS_PREFIX.length() : 0)
                    .toLowerCase(Locale.ROOT);
        }
    }

    private MatrixCells() {}

    /**
     * All rows, each in the order of the columns.
     *
     * @throws IllegalArgumentException for an answer that this version cannot read
     */
    public static List<List<Cell>> of(RetrieveMatrixResponse matrix) {
        ByteBuffer values =
                matrix.getValues().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        List<List<Cell>> rows = new ArrayList<>(matrix.getRows());
        int told = 0;
        for (int row = 0; row < matrix.getRows(); row++) {
            List<Cell> cells = new ArrayList<>(matrix.getColumnsCount());
            for (MatrixColumn column : matrix.getColumnsList()) {
                byte[] bytes =
                        new byte[column.getWidth() > 0 ? column.getWidth() : values.getInt()];
                values.get(bytes);
                DataType type = type(column);
                StringBuilder text = new StringBuilder();
                FeatureText.append(text, type, column.getVectorLength(), bytes, 0, bytes.length);
                CellStatus status = CellStatus.forNumber(matrix.getStatuses().byteAt(told++));
                cells.add(
                        new Cell(
                                column.getName(),
                                type,
                                PackedCells.value(type, column.getVectorLength(), bytes),
                                text.toString(),
                                status == null ? CellStatus.UNRECOGNIZED : status));
            }
            rows.add(cells);
        }
        return rows;
    }

    private static DataType type(MatrixColumn column) {
        return DataType.ofWireName(column.getDataType())
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "the answer has the unknown type "
                                                + column.getDataType()
                                                + " of column "
                                                + column.getName()));
    }
}
