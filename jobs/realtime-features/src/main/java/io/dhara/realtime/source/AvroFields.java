package io.dhara.realtime.source;

import io.dhara.realtime.domain.event.FieldType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** Whether an Avro schema gives the fields that a source wants. */
final class AvroFields {
    private AvroFields() {}

    /** What is wrong, each with the field and the remedy; empty if nothing. */
    static List<String> problems(Schema schema, Map<String, FieldType> fields) {
        List<String> problems = new ArrayList<>();
        if (schema.getType() != Schema.Type.RECORD) {
            problems.add("the Avro schema must be a record: got " + shown(schema));
        } else {
            check(schema, FieldTree.of(fields), problems);
        }
        return problems;
    }

    private static void check(Schema of, FieldTree wanted, List<String> problems) {
        if (of.getType() == Schema.Type.UNION) {
            of.getTypes().stream()
                    .filter(branch -> branch.getType() != Schema.Type.NULL)
                    .forEach(branch -> check(branch, wanted, problems));
            return;
        }
        FieldType type = wanted.type();
        if (type != null) {
            if (!fits(of.getType(), type)) {
                problems.add(
                        "field "
                                + wanted.path()
                                + " is "
                                + shown(of)
                                + " in the Avro schema, which is no "
                                + type.text()
                                + ": change its type under fields");
            }
            return;
        }
        if (of.getType() != Schema.Type.RECORD) {
            problems.add(
                    "field "
                            + wanted.path()
                            + " must be a record in the Avro schema, to have members: got "
                            + shown(of));
            return;
        }
        for (Map.Entry<String, FieldTree> member : wanted.members().entrySet()) {
            Schema.Field field = of.getField(member.getKey());
            if (field == null) {
                problems.add(
                        "field "
                                + member.getValue().path()
                                + " is not in the Avro schema, whose "
                                + of.getName()
                                + " has "
                                + of.getFields().stream().map(Schema.Field::name).toList());
            } else {
                check(field.schema(), member.getValue(), problems);
            }
        }
    }

    private static boolean fits(Schema.Type avro, FieldType type) {
        return switch (type) {
            case STRING -> avro == Schema.Type.STRING || avro == Schema.Type.ENUM;
            case INT64 -> avro == Schema.Type.INT || avro == Schema.Type.LONG;
            case DOUBLE ->
                    avro == Schema.Type.FLOAT
                            || avro == Schema.Type.DOUBLE
                            || avro == Schema.Type.INT
                            || avro == Schema.Type.LONG;
            case BOOLEAN -> avro == Schema.Type.BOOLEAN;
        };
    }

    private static String shown(Schema schema) {
        return schema.getLogicalType() == null
                ? schema.getType().getName()
                : schema.getType().getName() + " (" + schema.getLogicalType().getName() + ")";
    }
}
