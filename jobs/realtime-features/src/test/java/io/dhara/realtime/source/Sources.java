package io.dhara.realtime.source;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import io.dhara.flink.source.RawRecord;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.definition.SourceSpec.Format;
import io.dhara.realtime.domain.definition.SourceSpec.TimeUnit;
import io.dhara.realtime.domain.event.FieldType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sources, schemas and records of the tests. */
final class Sources {
    static final long NOW = 1_800_000_000_000L;

    /** {@code order_id, total, items, paid, shop.city, at}. */
    static final String AVRO_ORDER =
            """
            {"type": "record", "name": "Order", "fields": [
              {"name": "order_id", "type": "string"},
              {"name": "tags", "type": {"type": "array", "items": "string"}},
              {"name": "total", "type": ["null", "double"]},
              {"name": "items", "type": "int"},
              {"name": "paid", "type": "boolean"},
              {"name": "extra", "type": {"type": "map", "values": ["null", "long", "bytes"]}},
              {"name": "shop", "type": ["null", {"type": "record", "name": "Shop", "fields": [
                {"name": "digest", "type": {"type": "fixed", "name": "Digest", "size": 4}},
                {"name": "city", "type": {"type": "enum", "name": "City",
                  "symbols": ["DELHI", "PUNE"]}}]}]},
              {"name": "next", "type": ["null", "Order"]},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
            """;

    static final Map<String, FieldType> ORDER_FIELDS =
            fields(
                    "order_id", FieldType.STRING,
                    "total", FieldType.DOUBLE,
                    "items", FieldType.INT64,
                    "paid", FieldType.BOOLEAN,
                    "shop.city", FieldType.STRING,
                    "at", FieldType.INT64);

    private Sources() {}

    static Map<String, FieldType> fields(Object... namesAndTypes) {
        Map<String, FieldType> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            fields.put((String) namesAndTypes[i], (FieldType) namesAndTypes[i + 1]);
        }
        return fields;
    }

    static SourceSpec orders(Format format) {
        return source(format, "at", TimeUnit.MS, ORDER_FIELDS);
    }

    static SourceSpec source(
            Format format, String eventTime, TimeUnit unit, Map<String, FieldType> fields) {
        return new SourceSpec(
                "orders",
                "shop.orders",
                format,
                format == Format.JSON ? "" : "orders.schema",
                format == Format.PROTOBUF ? "shop.Order" : "",
                eventTime,
                unit,
                "",
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                fields);
    }

    static byte[] schema(Format format) {
        return switch (format) {
            case JSON -> new byte[0];
            case AVRO -> AVRO_ORDER.getBytes(StandardCharsets.UTF_8);
            case PROTOBUF -> descriptors().toByteArray();
        };
    }

    static EventReader reader(SourceSpec source) throws InvalidSourceException {
        return new EventReader(source, schema(source.format()), 1_000, () -> NOW);
    }

    static RawRecord record(byte[] value) {
        return new RawRecord("shop.orders", 1, 42, NOW - 1, new byte[] {7}, value, List.of());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The file of an order with presence only where {@code optional} or a message gives it. */
    static FileDescriptorSet descriptors() {
        DescriptorProto shop =
                DescriptorProto.newBuilder()
                        .setName("Shop")
                        .addField(
                                field("city", 1, FieldDescriptorProto.Type.TYPE_ENUM)
                                        .setTypeName(".shop.City"))
                        .build();
        DescriptorProto order =
                DescriptorProto.newBuilder()
                        .setName("Order")
                        .addField(field("order_id", 1, FieldDescriptorProto.Type.TYPE_STRING))
                        .addField(
                                field("total", 2, FieldDescriptorProto.Type.TYPE_FLOAT)
                                        .setProto3Optional(true)
                                        .setOneofIndex(0))
                        .addField(field("items", 3, FieldDescriptorProto.Type.TYPE_UINT32))
                        .addField(field("paid", 4, FieldDescriptorProto.Type.TYPE_BOOL))
                        .addField(
                                field("shop", 5, FieldDescriptorProto.Type.TYPE_MESSAGE)
                                        .setTypeName(".shop.Shop"))
                        .addField(field("at", 6, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(
                                field("tags", 7, FieldDescriptorProto.Type.TYPE_STRING)
                                        .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED))
                        .addOneofDecl(OneofDescriptorProto.newBuilder().setName("_total"))
                        .build();
        EnumDescriptorProto city =
                EnumDescriptorProto.newBuilder()
                        .setName("City")
                        .addValue(EnumValueDescriptorProto.newBuilder().setName("DELHI"))
                        .addValue(
                                EnumValueDescriptorProto.newBuilder().setName("PUNE").setNumber(1))
                        .build();
        return FileDescriptorSet.newBuilder()
                .addFile(
                        FileDescriptorProto.newBuilder()
                                .setName("shop.proto")
                                .setPackage("shop")
                                .setSyntax("proto3")
                                .addMessageType(shop)
                                .addMessageType(order)
                                .addEnumType(city))
                .build();
    }

    private static FieldDescriptorProto.Builder field(
            String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
    }
}
