package io.dhara.serving.feature;

import com.google.protobuf.WireFormat;
import io.dhara.core.psdb.FeatureText;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.serving.feature.ReadPlan.Column;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cells as BharatMLStack's clients read them: per distinct key the wire form of {@code repeated
 * bytes columns = 2} or {@code repeated string columns = 2}, which differ in the content only.
 */
final class CompatibleCells implements AnswerSink {
    /** Field 2, length-delimited, of {@code Row} and of {@code DecodedRow}. */
    private static final byte COLUMN_TAG = (byte) (2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);

    /** What a cell holds. */
    enum Form {
        /** Bytes, defaults in etcd's form as the peer answers them. */
        ETCD_DEFAULTS,
        /** Bytes, defaults in the form of stored values. */
        STORED_DEFAULTS,
        /** Text. */
        TEXT
    }

    private final Form form;
    private final WireBuffer cells;
    private final CellBytes copier;
    private final int[] ends;
    private final byte @Nullable [][] defaultTexts;
    private final StringBuilder text = new StringBuilder();
    private byte[] value = new byte[64];
    private int keys;

    CompatibleCells(Form form, ReadPlan plan, int keys, WireBuffer cells, CellBytes copier) {
        this.form = form;
        this.cells = cells;
        this.copier = copier;
        this.ends = new int[keys];
        this.defaultTexts = new byte[plan.columns().size()][];
    }

    /** Where the cells of this distinct key begin in the buffer. */
    int start(int key) {
        return key == 0 ? 0 : ends[key - 1];
    }

    /** Bytes of the cells of this distinct key. */
    int length(int key) {
        return ends[key] - start(key);
    }

    @Override
    public void present(Column column, PsdbBlock block, int sequence, int vectorLength) {
        int mark = cells.length();
        try {
            int length = CellBytes.length(column, block, sequence);
            if (form == Form.TEXT) {
                if (value.length < length) {
                    value = new byte[length];
                }
                copier.copy(column, block, sequence, value, 0);
                text.setLength(0);
                FeatureText.append(text, column.answered(), vectorLength, value, 0, length);
                putText();
            } else {
                cells.put(COLUMN_TAG);
                cells.putVarint(length);
                int at = cells.claim(length);
                copier.copy(column, block, sequence, cells.bytes(), at);
            }
        } catch (PsdbFormatException e) {
            cells.cutTo(mark);
            throw e;
        }
    }

    private void putText() {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) >= 0x80) {
                put(text.toString().getBytes(StandardCharsets.UTF_8));
                return;
            }
        }
        cells.put(COLUMN_TAG);
        cells.putVarint(length);
        int at = cells.claim(length);
        byte[] bytes = cells.bytes();
        for (int i = 0; i < length; i++) {
            bytes[at + i] = (byte) text.charAt(i);
        }
    }

    private void put(byte[] content) {
        cells.put(COLUMN_TAG);
        cells.putVarint(content.length);
        cells.put(content);
    }

    @Override
    public void fallback(Column column, ValueStatus status) {
        put(
                switch (form) {
                    case ETCD_DEFAULTS -> column.etcdDefault();
                    case STORED_DEFAULTS -> column.blockDefault();
                    case TEXT -> defaultText(column);
                });
    }

    private byte[] defaultText(Column column) {
        byte[] known = defaultTexts[column.index()];
        if (known == null) {
            byte[] bytes = column.blockDefault();
            StringBuilder built = new StringBuilder();
            int elements = column.spec().vectorLength();
            FeatureText.append(built, column.answered(), elements, bytes, 0, bytes.length);
            known = built.toString().getBytes(StandardCharsets.UTF_8);
            defaultTexts[column.index()] = known;
        }
        return known;
    }

    @Override
    public void endKey() {
        ends[keys++] = cells.length();
    }
}
