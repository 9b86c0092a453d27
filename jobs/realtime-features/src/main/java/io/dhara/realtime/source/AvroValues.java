package io.dhara.realtime.source;

import io.dhara.realtime.domain.event.FieldType;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Fields of an Avro record in plain binary encoding (Avro specification, "Binary encoding"; no
 * file, no schema registry's header). The schema is the writer's: it is walked along the bytes,
 * wanted values are taken and all others passed over, so nothing is allocated for them.
 */
final class AvroValues implements ValueParser {
    private static final int MAX_DEPTH = 100;

    private final Schema schema;
    private final FieldTree root;
    private final int columns;
    private final AvroBytes in = new AvroBytes();

    /**
     * @param schema of which {@link AvroFields#problems} has nothing to say
     */
    AvroValues(Schema schema, Map<String, FieldType> fields) {
        this.schema = schema;
        this.root = FieldTree.of(fields);
        this.columns = fields.size();
    }

    @Override
    public @Nullable Object[] parse(byte[] value) {
        @Nullable Object[] row = new @Nullable Object[columns];
        in.reset(value);
        read(schema, root, row, 0);
        if (in.left() > 0) {
            throw RejectedException.malformed(
                    "no Avro of this schema: " + in.left() + " bytes follow the record");
        }
        return row;
    }

    /** Passes over a value, or takes what is wanted of it. */
    private void read(Schema of, @Nullable FieldTree wanted, @Nullable Object[] row, int depth) {
        if (depth > MAX_DEPTH) {
            throw RejectedException.malformed("nested deeper than " + MAX_DEPTH);
        }
        switch (of.getType()) {
            case RECORD -> {
                List<Schema.Field> fields = of.getFields();
                for (int i = 0; i < fields.size(); i++) {
                    Schema.Field field = fields.get(i);
                    FieldTree member = wanted == null ? null : wanted.member(field.name());
                    read(field.schema(), member, row, depth + 1);
                }
            }
            case UNION -> {
                List<Schema> branches = of.getTypes();
                read(branches.get(index(branches.size())), wanted, row, depth + 1);
            }
            case ARRAY -> skipBlocks(of.getElementType(), false, row, depth);
            case MAP -> skipBlocks(of.getValueType(), true, row, depth);
            case FIXED -> in.skip(of.getFixedSize());
            case NULL -> {}
            case STRING, BYTES -> {
                if (wanted == null) {
                    in.skipText();
                } else {
                    row[wanted.column()] = in.readText(wanted.path());
                }
            }
            case ENUM -> {
                String symbol = of.getEnumSymbols().get(index(of.getEnumSymbols().size()));
                put(row, wanted, symbol);
            }
            case INT, LONG -> putNumber(row, wanted, in.readLong());
            case FLOAT -> put(row, wanted, (double) in.readFloat());
            case DOUBLE -> put(row, wanted, in.readDouble());
            case BOOLEAN -> put(row, wanted, in.readBoolean());
        }
    }

    private static void put(@Nullable Object[] row, @Nullable FieldTree wanted, Object value) {
        if (wanted != null) {
            row[wanted.column()] = value;
        }
    }

    private static void putNumber(@Nullable Object[] row, @Nullable FieldTree wanted, long value) {
        if (wanted != null) {
            // Not a conditional expression: it would make both of them doubles.
            if (wanted.type() == FieldType.DOUBLE) {
                row[wanted.column()] = (double) value;
            } else {
                row[wanted.column()] = value;
            }
        }
    }

    private int index(int count) {
        long index = in.readLong();
        if (index < 0 || index >= count) {
            throw RejectedException.malformed(
                    "no Avro of this schema: index must be 0.." + (count - 1) + ": got " + index);
        }
        return (int) index;
    }

    private void skipBlocks(Schema items, boolean named, @Nullable Object[] row, int depth) {
        for (long count = in.readLong(); count != 0; count = in.readLong()) {
            if (count < 0) {
                in.skip(in.readLong());
                continue;
            }
            // Items without bytes (null) are of no use, and any number of them would fit.
            if (count > in.left()) {
                throw RejectedException.malformed(
                        "no Avro of this schema: " + count + " items in " + in.left() + " bytes");
            }
            for (long i = 0; i < count; i++) {
                if (named) {
                    in.skipText();
                }
                read(items, null, row, depth + 1);
            }
        }
    }
}
