package io.dhara.realtime.domain.definition;

import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import io.dhara.realtime.domain.definition.SourceSpec.Format;
import io.dhara.realtime.domain.definition.SourceSpec.TimeUnit;
import io.dhara.realtime.domain.event.FieldType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One block under {@code sources}. */
final class SourceYaml {
    private static final Pattern TABLE_NAME = Pattern.compile("[a-z][a-z0-9_]*");
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final Duration DAY = Duration.ofDays(1);

    private final String name;
    private final YamlFields fields;

    private SourceYaml(String name, YamlFields fields) {
        this.name = name;
        this.fields = fields;
    }

    /** The result is only of use when no problem was added. */
    static SourceSpec read(String file, String name, YamlNode node, List<SchemaProblem> problems) {
        return new SourceYaml(name, new YamlFields(file, "source " + name, node, problems)).read();
    }

    private SourceSpec read() {
        if (!TABLE_NAME.matcher(name).matches()) {
            fields.problem(
                    null,
                    "a source is a table in SQL, so its name must be lower-case letters, digits and"
                            + " _, beginning with a letter: got "
                            + name);
        }
        String topic = fields.requiredText("topic");
        if (!topic.isEmpty() && !TOPIC.matcher(topic).matches()) {
            fields.problem(
                    fields.node("topic"),
                    "topic of source " + name + " must be a Kafka topic name: got " + topic);
        }
        Format format = format();
        String schema = fields.text("schema", "");
        String message = fields.text("message", "");
        checkSchema(format, schema, message);
        Map<String, FieldType> types = FieldsYaml.types(fields, "fields");
        if (types.isEmpty()) {
            fields.problem(
                    fields.node("fields"),
                    "fields of source " + name + " must name the fields that are used, with types");
        }
        String eventTime = fields.text("event-time", "");
        TimeUnit unit = eventTimeUnit(types, eventTime);
        SourceSpec source =
                new SourceSpec(
                        name,
                        topic,
                        format,
                        schema,
                        message,
                        eventTime,
                        unit,
                        id(fields, types),
                        duration("out-of-orderness", Duration.ofSeconds(5), Duration.ZERO),
                        duration("idle-after", Duration.ofSeconds(30), Duration.ofMillis(100)),
                        duration("max-ahead", Duration.ofMinutes(5), Duration.ZERO),
                        types);
        fields.finish();
        return source;
    }

    /**
     * The column named by {@code id}; empty if there is none.
     *
     * @param columns to choose from
     */
    static String id(YamlFields fields, Map<String, FieldType> columns) {
        YamlNode at = fields.node("id");
        String id = fields.text("id", "");
        FieldType type = columns.get(id);
        if (!id.isEmpty() && type == null && !columns.isEmpty()) {
            fields.problem(at, "id must be one of " + columns.keySet() + ": got " + id);
        } else if (type == FieldType.DOUBLE || type == FieldType.BOOLEAN) {
            fields.problem(
                    at,
                    "id must be of type string or int64: "
                            + id
                            + " is "
                            + type.text()
                            + "; name the field that differs from event to event");
        }
        return id;
    }

    private Duration duration(String field, Duration byDefault, Duration least) {
        return FieldsYaml.duration(fields, field, byDefault, least, DAY);
    }

    private Format format() {
        String text = fields.requiredText("format");
        for (Format format : Format.values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
                return format;
            }
        }
        if (!text.isEmpty()) {
            fields.problem(
                    fields.node("format"),
                    "format of source " + name + " must be json, avro or protobuf: got " + text);
        }
        return Format.JSON;
    }

    private void checkSchema(Format format, String schema, String message) {
        if (format == Format.JSON && !schema.isEmpty()) {
            fields.problem(
                    fields.node("schema"),
                    "schema is for avro and protobuf; the fields of json are those under fields");
        }
        if (format == Format.AVRO && schema.isEmpty()) {
            fields.problem(
                    fields.node("format"),
                    "an avro source needs schema: the file with its Avro schema");
        }
        if (format == Format.PROTOBUF && (schema.isEmpty() || message.isEmpty())) {
            fields.problem(
                    fields.node("format"),
                    "a protobuf source needs schema, the file with its descriptor set, and message,"
                            + " the full name of the message");
        }
        if (format != Format.PROTOBUF && !message.isEmpty()) {
            fields.problem(fields.node("message"), "message is for protobuf sources");
        }
    }

    private TimeUnit eventTimeUnit(Map<String, FieldType> types, String eventTime) {
        YamlNode at = fields.node("event-time-unit");
        String text = fields.text("event-time-unit", "ms");
        Optional<TimeUnit> found =
                Stream.of(TimeUnit.values()).filter(unit -> unit.text().equals(text)).findFirst();
        if (found.isEmpty()) {
            fields.problem(
                    at,
                    "event-time-unit of source "
                            + name
                            + " must be s, ms, us or iso-8601: got "
                            + text);
        }
        TimeUnit unit = found.orElse(TimeUnit.MS);
        FieldType type = types.get(eventTime);
        if (!eventTime.isEmpty() && type == null) {
            fields.problem(
                    fields.node("event-time"),
                    "event-time of source "
                            + name
                            + " must be one of its fields "
                            + types.keySet()
                            + ": got "
                            + eventTime);
        } else if (type != null
                && type != (unit == TimeUnit.ISO_8601 ? FieldType.STRING : FieldType.INT64)) {
            fields.problem(
                    fields.node("event-time"),
                    "event-time in "
                            + unit.text()
                            + " must be a field of type "
                            + (unit == TimeUnit.ISO_8601 ? "string" : "int64")
                            + ": "
                            + eventTime
                            + " is "
                            + type.text()
                            + "; change its type or event-time-unit");
        } else if (eventTime.isEmpty() && at != null) {
            fields.problem(at, "event-time-unit is of no use without event-time");
        }
        return unit;
    }
}
