package io.dhara.serving.inferflow;

import com.google.flatbuffers.FlatBufferBuilder;
import io.dhara.core.model.DataType;
import io.dhara.graph.PlanColumn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * Some columns of a matrix as an <a
 * href="https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format">Arrow IPC
 * stream</a>: a schema, one record batch, the end. No value is null; what a cell is stands in its
 * column of statuses.
 */
final class ArrowStream {
    private static final int CONTINUATION = -1;
    private static final int ALIGNMENT = 8;
    private static final int PREFIX_BYTES = 2 * Integer.BYTES;

    private final FeatureMatrix matrix;
    private final int[] columns;
    private final int rows;
    private final List<long[]> nodes = new ArrayList<>();
    private final List<long[]> buffers = new ArrayList<>();
    private final ByteBuffer body;

    private ArrowStream(FeatureMatrix matrix, int[] columns, int limit) {
        this.matrix = matrix;
        this.columns = columns;
        this.rows = matrix.rows();
        long size = 0;
        for (int column : columns) {
            size += bytesOf(column) + padded(rows);
        }
        if (size > limit) {
            throw PackedMatrix.tooLarge(limit);
        }
        this.body = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * @param columns indices, in the order of the answer; their statuses follow in the same order
     * @throws io.dhara.serving.grpc.ServingException beyond the limit
     */
    static byte[] of(FeatureMatrix matrix, int[] columns, int limit) {
        return new ArrowStream(matrix, columns, limit).write();
    }

    private static long padded(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static int elements(PlanColumn column) {
        return column.type().isVector() ? column.vectorLength() : 1;
    }

    /** Bytes of a column's buffers. */
    private long bytesOf(int index) {
        PlanColumn column = matrix.columns().get(index);
        long values = (long) rows * elements(column);
        return switch (column.type().kind()) {
            case BOOL -> padded((values + Byte.SIZE - 1) / Byte.SIZE);
            case STRING -> padded((values + 1) * Integer.BYTES) + padded(textBytes(index, column));
            case FLOAT, INT, UINT -> padded(values * column.type().elementBytes());
        };
    }

    private long textBytes(int index, PlanColumn column) {
        long bytes = 0;
        int lengths = lengthsOf(column);
        for (int row = 0; row < rows; row++) {
            bytes += Math.max(0, matrix.length(index, row) - lengths);
        }
        return bytes;
    }

    /** Bytes before the texts of a cell. */
    private static int lengthsOf(PlanColumn column) {
        return column.type().isVector() ? column.vectorLength() * Short.BYTES : 0;
    }

    private byte[] write() {
        for (int column : columns) {
            add(column);
        }
        for (int column : columns) {
            node(rows);
            int from = body.position();
            for (int row = 0; row < rows; row++) {
                body.put(matrix.statusCode(column, row));
            }
            buffer(from);
        }
        byte[] schema = schemaMessage();
        byte[] batch = batchMessage();
        long total =
                2L * PREFIX_BYTES + schema.length + batch.length + body.position() + PREFIX_BYTES;
        ByteBuffer stream =
                ByteBuffer.allocate(Math.toIntExact(total)).order(ByteOrder.LITTLE_ENDIAN);
        stream.putInt(CONTINUATION).putInt(schema.length).put(schema);
        stream.putInt(CONTINUATION).putInt(batch.length).put(batch);
        stream.put(body.array(), 0, body.position());
        stream.putInt(CONTINUATION).putInt(0);
        return stream.array();
    }

    /** A node of so many values and its empty validity bitmap: none is null. */
    private void node(long values) {
        nodes.add(new long[] {values, 0});
        buffers.add(new long[] {body.position(), 0});
    }

    /** What was written since {@code from} is a buffer. */
    private void buffer(int from) {
        buffers.add(new long[] {from, body.position() - from});
        body.position((int) padded(body.position()));
    }

    private void add(int index) {
        PlanColumn column = matrix.columns().get(index);
        if (column.type().isVector()) {
            node(rows);
        }
        node((long) rows * elements(column));
        switch (column.type().kind()) {
            case BOOL -> bits(index, elements(column));
            case STRING -> texts(index, column);
            case FLOAT, INT, UINT -> numbers(index);
        }
    }

    private void numbers(int index) {
        int from = body.position();
        for (int row = 0; row < rows; row++) {
            body.put(matrix.array(index, row), matrix.start(index, row), matrix.length(index, row));
        }
        buffer(from);
    }

    private void bits(int index, int elements) {
        int from = body.position();
        byte[] bits = new byte[(rows * elements + Byte.SIZE - 1) / Byte.SIZE];
        for (int row = 0; row < rows; row++) {
            byte[] cell = matrix.array(index, row);
            int start = matrix.start(index, row);
            for (int i = 0; i < elements; i++) {
                int bit = row * elements + i;
                bits[bit / Byte.SIZE] |= (byte) (cell[start + i] << bit % Byte.SIZE);
            }
        }
        body.put(bits);
        buffer(from);
    }

    /** Offsets of all strings, then the strings. */
    private void texts(int index, PlanColumn column) {
        boolean vector = column.type() == DataType.STRING_VECTOR;
        int lengths = lengthsOf(column);
        int from = body.position();
        int end = 0;
        body.putInt(end);
        for (int row = 0; row < rows; row++) {
            int length = matrix.length(index, row);
            if (!vector) {
                end += length;
                body.putInt(end);
                continue;
            }
            byte[] cell = matrix.array(index, row);
            for (int at = 0; at < lengths; at += Short.BYTES) {
                end += length == 0 ? 0 : (cell[at] & 0xFF) | (cell[at + 1] & 0xFF) << Byte.SIZE;
                body.putInt(end);
            }
        }
        buffer(from);
        from = body.position();
        for (int row = 0; row < rows; row++) {
            int length = matrix.length(index, row) - lengths;
            if (length > 0) {
                body.put(matrix.array(index, row), lengths, length);
            }
        }
        buffer(from);
    }

    private byte[] schemaMessage() {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        int schema = new ArrowSchema(builder).write(matrix, columns);
        return message(builder, MessageHeader.Schema, schema, 0);
    }

    private byte[] batchMessage() {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        RecordBatch.startNodesVector(builder, nodes.size());
        for (int i = nodes.size() - 1; i >= 0; i--) {
            FieldNode.createFieldNode(builder, nodes.get(i)[0], nodes.get(i)[1]);
        }
        int nodesAt = builder.endVector();
        RecordBatch.startBuffersVector(builder, buffers.size());
        for (int i = buffers.size() - 1; i >= 0; i--) {
            Buffer.createBuffer(builder, buffers.get(i)[0], buffers.get(i)[1]);
        }
        int buffersAt = builder.endVector();
        int batch = RecordBatch.createRecordBatch(builder, rows, nodesAt, buffersAt, 0, 0);
        return message(builder, MessageHeader.RecordBatch, batch, body.position());
    }

    /** A message, padded so that what follows it is aligned. */
    private static byte[] message(
            FlatBufferBuilder builder, byte headerType, int header, long bodyBytes) {
        builder.finish(
                Message.createMessage(
                        builder, MetadataVersion.V5, headerType, header, bodyBytes, 0));
        byte[] written = builder.sizedByteArray();
        return java.util.Arrays.copyOf(
                written, (int) padded((long) written.length + PREFIX_BYTES) - PREFIX_BYTES);
    }
}
