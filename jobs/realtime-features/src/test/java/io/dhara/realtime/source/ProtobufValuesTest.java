package io.dhara.realtime.source;

import static io.dhara.realtime.source.Sources.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.dhara.realtime.domain.definition.SourceSpec.Format;
import io.dhara.realtime.domain.definition.SourceSpec.TimeUnit;
import io.dhara.realtime.domain.event.FieldType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProtobufValuesTest {

    @Test
    void parse_everyType_givesFieldsInOrder() throws Exception {
        assertThat(parser(Sources.ORDER_FIELDS).parse(orderBytes()))
                .containsExactly("o-1", 12.5, 4_294_967_295L, true, "PUNE", Sources.NOW);
    }

    @Test
    void parse_emptyMessage_hasDefaultsOnlyWherePresenceIsUnknown() throws Exception {
        assertThat(parser(Sources.ORDER_FIELDS).parse(new byte[0]))
                .containsExactly("", null, 0L, false, null, 0L);
    }

    @Test
    void parse_unknownEnumValue_isItsNumber() throws Exception {
        byte[] record = {0x2A, 2, 8, 77};
        assertThat(parser(Sources.ORDER_FIELDS).parse(record)[4]).isEqualTo("77");
    }

    @Test
    void parse_unsigned64BeyondInt64_isRejected() throws Exception {
        byte[] record = message(out -> out.writeUInt64(6, -1));
        ValueParser parser = parser(Sources.ORDER_FIELDS);
        assertThatThrownBy(() -> parser.parse(record))
                .hasMessage(
                        "field at must be a whole number of 64 bits with sign: got"
                                + " 18446744073709551615");
        assertThat(parser(fields("at", FieldType.DOUBLE)).parse(record)).containsExactly(0x1p64);
    }

    @Test
    void parse_otherBytes_isMalformed() throws Exception {
        ValueParser parser = parser(Sources.ORDER_FIELDS);
        for (byte[] bad :
                new byte[][] {
                    {0x0A, 100, 'a'}, // a text longer than the record
                    {0x0A, 1, (byte) 0xFF}, // no UTF-8
                    {0x07}, // no such wire type
                    {0x00}, // no field has number 0
                    {0x30} // ends inside the field
                }) {
            assertThatThrownBy(() -> parser.parse(bad))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageStartingWith("no shop.Order: ");
        }
    }

    @Test
    void parser_fieldsThatAreNotThere_nameFieldAndWhatThereIs() {
        assertThatThrownBy(
                        () ->
                                parser(
                                        fields(
                                                "order_id", FieldType.INT64,
                                                "tags", FieldType.STRING,
                                                "shop.street", FieldType.STRING,
                                                "paid.x", FieldType.STRING,
                                                "when", FieldType.INT64)))
                .isInstanceOf(InvalidSourceException.class)
                .hasMessage(
                        """
                        source orders: field order_id must have a single int64 at shop.Order.order_id: got string
                        source orders: field tags must have a single string at shop.Order.tags: got repeated string
                        source orders: field shop.street is not in the descriptor set, whose shop.Shop has [city]
                        source orders: field paid.x must have a message at shop.Order.paid: got bool
                        source orders: field when is not in the descriptor set, whose shop.Order has [order_id, total, items, paid, shop, at, tags]""");
    }

    @Test
    void parser_badDescriptorSet_saysHowToWriteIt() {
        assertThatThrownBy(
                        () ->
                                SourceFormats.parser(
                                        Sources.orders(Format.PROTOBUF), Sources.bytes("nonsense")))
                .hasMessageContaining("protoc --include_imports --descriptor_set_out");
        assertThatThrownBy(
                        () ->
                                SourceFormats.parser(
                                        Sources.orders(Format.PROTOBUF),
                                        FileDescriptorSet.getDefaultInstance().toByteArray()))
                .hasMessageContaining("message shop.Order is not in the descriptor set");
        FileDescriptorSet lacking =
                Sources.descriptors().toBuilder()
                        .setFile(
                                0,
                                Sources.descriptors().getFile(0).toBuilder()
                                        .addDependency("google/protobuf/timestamp.proto")
                                        .addMessageType(usesTimestamp()))
                        .build();
        assertThatThrownBy(
                        () ->
                                SourceFormats.parser(
                                        Sources.orders(Format.PROTOBUF), lacking.toByteArray()))
                .hasMessageContaining("the descriptor set is not whole");
    }

    private static DescriptorProto usesTimestamp() {
        return DescriptorProto.newBuilder()
                .setName("Stamped")
                .addField(
                        FieldDescriptorProto.newBuilder()
                                .setName("at")
                                .setNumber(1)
                                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                                .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                                .setTypeName(".google.protobuf.Timestamp"))
                .build();
    }

    static byte[] orderBytes() throws IOException {
        return message(
                out -> {
                    out.writeString(1, "o-1");
                    out.writeFloat(2, 12.5f);
                    out.writeUInt32(3, -1);
                    out.writeBool(4, true);
                    out.writeByteArray(5, new byte[] {8, 1});
                    out.writeUInt64(6, Sources.NOW);
                    out.writeString(7, "tag");
                    out.writeString(99, "unknown");
                });
    }

    private static ValueParser parser(Map<String, FieldType> fields) throws InvalidSourceException {
        return SourceFormats.parser(
                Sources.source(Format.PROTOBUF, "", TimeUnit.MS, fields),
                Sources.schema(Format.PROTOBUF));
    }

    /** Writes the fields of a message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }
}
