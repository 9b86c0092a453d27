package io.dhara.serving.feature;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import io.dhara.proto.retrieve.DecodedResult;
import io.dhara.proto.retrieve.Feature;
import io.dhara.proto.retrieve.FeatureSchema;
import io.dhara.proto.retrieve.Keys;
import io.dhara.proto.retrieve.Query;
import io.dhara.proto.retrieve.Result;
import io.dhara.serving.feature.CompatibleCells.Form;
import io.dhara.serving.feature.ReadPlan.Column;
import io.dhara.serving.feature.ReadPlan.Selection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the bytes of {@code retrieve.Result} or {@code retrieve.DecodedResult}. Cells are copied
 * from blocks into a buffer, once per distinct key; each requested row then takes its key's cells.
 * Nothing is allocated per feature. Thread-safe.
 */
final class CompatibleResponse {
    private static final int ROW_TAG_BYTES = 1;

    private final Form form;
    private final Cache<ReadPlan, byte[]> schemas = Caffeine.newBuilder().weakKeys().build();

    CompatibleResponse(Form form) {
        this.form = form;
    }

    /**
     * @throws io.dhara.serving.grpc.ServingException if it gets larger than {@code maxBytes}
     */
    byte[] build(Query query, Answer answer, int maxBytes) {
        Scratch scratch = Scratch.take(maxBytes);
        int[] rows = answer.keys().rows();
        CompatibleCells cells =
                new CompatibleCells(
                        form,
                        answer.plan(),
                        answer.keys().distinct().size(),
                        scratch.cells,
                        scratch.copier);
        answer.tell(cells, scratch.block);

        MessageLite head = head(query);
        byte[] schema = schemas.get(answer.plan(), this::schemas);
        Keys[] keys = new Keys[rows.length];
        long size = head.getSerializedSize() + schema.length;
        for (int row = 0; row < rows.length; row++) {
            keys[row] = withoutUnknownFields(query.getKeys(row));
            int length = keys[row].getSerializedSize() + cells.length(rows[row]);
            size += ROW_TAG_BYTES + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
        }
        if (size > maxBytes) {
            throw WireBuffer.tooLarge(maxBytes);
        }
        byte[] response = new byte[(int) size];
        CodedOutputStream out = CodedOutputStream.newInstance(response);
        int rowField =
                form == Form.TEXT ? DecodedResult.ROWS_FIELD_NUMBER : Result.ROWS_FIELD_NUMBER;
        try {
            head.writeTo(out);
            out.writeRawBytes(schema);
            for (int row = 0; row < rows.length; row++) {
                int cellBytes = cells.length(rows[row]);
                out.writeTag(rowField, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(keys[row].getSerializedSize() + cellBytes);
                // Keys.cols has the number and type of Row.keys and DecodedRow.keys.
                keys[row].writeTo(out);
                out.write(scratch.cells.bytes(), cells.start(rows[row]), cellBytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a response was measured too short", e);
        }
        out.checkNoSpaceLeft();
        return response;
    }

    private static Keys withoutUnknownFields(Keys keys) {
        return keys.getUnknownFields().getSerializedSize() == 0
                ? keys
                : Keys.newBuilder().addAllCols(keys.getColsList()).build();
    }

    /** The fields that echo the request. */
    private MessageLite head(Query query) {
        return form == Form.TEXT
                ? DecodedResult.newBuilder().addAllKeysSchema(query.getKeysSchemaList()).build()
                : Result.newBuilder()
                        .setEntityLabel(query.getEntityLabel())
                        .addAllKeysSchema(query.getKeysSchemaList())
                        .build();
    }

    /** The wire form of {@code feature_schemas}, which stands between the head and the rows. */
    private byte[] schemas(ReadPlan plan) {
        List<FeatureSchema> schemas = featureSchemas(plan);
        return form == Form.TEXT
                ? DecodedResult.newBuilder().addAllFeatureSchemas(schemas).build().toByteArray()
                : Result.newBuilder().addAllFeatureSchemas(schemas).build().toByteArray();
    }

    private static List<FeatureSchema> featureSchemas(ReadPlan plan) {
        List<FeatureSchema> schemas = new ArrayList<>(plan.selections().size());
        for (Selection selection : plan.selections()) {
            FeatureSchema.Builder schema =
                    FeatureSchema.newBuilder().setFeatureGroupLabel(selection.asked());
            for (Column column : selection.columns()) {
                schema.addFeatures(
                        Feature.newBuilder().setLabel(column.label()).setColumnIdx(column.index()));
            }
            schemas.add(schema.build());
        }
        return schemas;
    }
}
