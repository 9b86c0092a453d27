package io.dhara.realtime.source;

import static io.dhara.realtime.source.Sources.AVRO_ORDER;
import static io.dhara.realtime.source.Sources.ORDER_FIELDS;
import static io.dhara.realtime.source.Sources.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.realtime.domain.event.FieldType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class AvroValuesTest {
    private static final Schema SCHEMA = new Schema.Parser().parse(AVRO_ORDER);

    private final AvroValues values = new AvroValues(SCHEMA, ORDER_FIELDS);

    @Test
    void parse_recordOfAvrosWriter_takesWantedPassesOthers() throws IOException {
        assertThat(values.parse(bytes(order(), false)))
                .containsExactly("o-1 ü", 12.5, 3L, true, "PUNE", Sources.NOW);
    }

    @Test
    void parse_blocksWithSizes_areSkipped() throws IOException {
        assertThat(values.parse(bytes(order(), true)))
                .containsExactly("o-1 ü", 12.5, 3L, true, "PUNE", Sources.NOW);
    }

    @Test
    void parse_nullBranches_areNull() throws IOException {
        GenericRecord order = order();
        order.put("total", null);
        order.put("shop", null);

        assertThat(values.parse(bytes(order, false)))
                .containsExactly("o-1 ü", null, 3L, true, null, Sources.NOW);
    }

    @Test
    void parse_whole_canBeDouble() throws IOException {
        assertThat(
                        new AvroValues(SCHEMA, fields("items", FieldType.DOUBLE))
                                .parse(bytes(order(), false)))
                .containsExactly(3.0);
    }

    @Test
    void parse_everyTruncation_isMalformed() throws IOException {
        byte[] whole = bytes(order(), false);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> values.parse(cut))
                    .isInstanceOfSatisfying(
                            RejectedException.class,
                            e -> assertThat(e.reason()).isEqualTo(RejectReason.MALFORMED));
        }
    }

    @Test
    void parse_bytesAfterTheRecord_isMalformed() throws IOException {
        byte[] whole = bytes(order(), false);
        assertThatThrownBy(() -> values.parse(Arrays.copyOf(whole, whole.length + 2)))
                .hasMessageContaining("2 bytes follow the record");
    }

    @Test
    void parse_hugeLength_allocatesNothing() {
        // 2 GB of text in a record of six bytes
        byte[] record = {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 'a'};
        assertThatThrownBy(() -> values.parse(record))
                .hasMessageContaining("text of 2147483647 bytes at 5, have 1");
    }

    @Test
    void parse_endlessList_isMalformed() {
        Schema list =
                new Schema.Parser()
                        .parse(
                                """
                                {"type": "record", "name": "Node", "fields": [
                                  {"name": "next", "type": ["null", "Node"]}]}
                                """);
        byte[] record = new byte[10_000];
        Arrays.fill(record, (byte) 2);
        assertThatThrownBy(() -> new AvroValues(list, Map.of()).parse(record))
                .hasMessageContaining("nested deeper than 100");
    }

    @Test
    void problems_everyDisagreement_namesFieldAndRemedy() {
        assertThat(
                        AvroFields.problems(
                                SCHEMA,
                                fields(
                                        "order_id", FieldType.INT64,
                                        "total", FieldType.INT64,
                                        "tags", FieldType.STRING,
                                        "shop", FieldType.STRING,
                                        "at", FieldType.STRING,
                                        "when", FieldType.INT64)))
                .anyMatch(text -> text.startsWith("field order_id is string in the Avro schema,"))
                .anyMatch(
                        text -> text.startsWith("field total is double in the Avro schema, which"))
                .anyMatch(text -> text.startsWith("field tags is array in the Avro schema"))
                .anyMatch(text -> text.startsWith("field shop is record in the Avro schema"))
                .anyMatch(text -> text.startsWith("field at is long (timestamp-millis) in the"))
                .anyMatch(text -> text.startsWith("field when is not in the Avro schema, whose"));
        assertThat(AvroFields.problems(SCHEMA, fields("order_id.x", FieldType.STRING)))
                .containsExactly(
                        "field order_id must be a record in the Avro schema, to have members: got"
                                + " string");
        assertThat(AvroFields.problems(SCHEMA, fields("shop.street", FieldType.STRING)))
                .containsExactly(
                        "field shop.street is not in the Avro schema, whose Shop has [digest,"
                                + " city]");
        assertThat(AvroFields.problems(Schema.create(Schema.Type.LONG), ORDER_FIELDS))
                .containsExactly("the Avro schema must be a record: got long");
        assertThat(AvroFields.problems(SCHEMA, ORDER_FIELDS)).isEmpty();
    }

    static byte[] orderBytes() throws IOException {
        return bytes(order(), false);
    }

    private static GenericRecord order() {
        Schema shopSchema = SCHEMA.getField("shop").schema().getTypes().get(1);
        GenericRecord shop = new GenericData.Record(shopSchema);
        shop.put(
                "digest",
                new GenericData.Fixed(
                        shopSchema.getField("digest").schema(), new byte[] {1, 2, 3, 4}));
        shop.put("city", new GenericData.EnumSymbol(shopSchema.getField("city").schema(), "PUNE"));
        GenericRecord order = new GenericData.Record(SCHEMA);
        order.put("order_id", "o-1 ü");
        order.put("tags", List.of("a", "", "bc"));
        order.put("total", 12.5);
        order.put("items", 3);
        order.put("paid", true);
        order.put("extra", Map.of("n", 5L, "b", ByteBuffer.wrap(new byte[] {9, 9, 9})));
        order.put("shop", shop);
        GenericRecord next = new GenericData.Record(SCHEMA);
        next.put("order_id", "another");
        next.put("tags", List.of());
        next.put("items", 99);
        next.put("paid", false);
        next.put("extra", Map.of());
        next.put("at", 0L);
        order.put("next", next);
        order.put("at", Sources.NOW);
        return order;
    }

    private static byte[] bytes(GenericRecord record, boolean blocks) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder =
                blocks
                        ? EncoderFactory.get().blockingBinaryEncoder(out, null)
                        : EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(SCHEMA).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}
