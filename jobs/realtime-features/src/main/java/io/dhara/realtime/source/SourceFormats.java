package io.dhara.realtime.source;

import io.dhara.realtime.domain.definition.SourceSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Makes the parser of a source's format, or says why its schema does not give its fields. */
final class SourceFormats {
    private SourceFormats() {}

    /**
     * @param schema content of the source's schema file; of JSON not used
     * @throws InvalidSourceException with everything in which schema and fields do not agree
     */
    static ValueParser parser(SourceSpec source, byte[] schema) throws InvalidSourceException {
        List<String> problems = new ArrayList<>();
        checkNames(FieldTree.of(source.fields()), problems);
        Optional<ValueParser> parser =
                switch (source.format()) {
                    case JSON -> Optional.of(new JsonValues(source.fields()));
                    case AVRO -> avro(source, schema, problems);
                    case PROTOBUF -> protobuf(source, schema, problems);
                };
        if (!problems.isEmpty()) {
            throw new InvalidSourceException(
                    problems.stream()
                            .map(problem -> "source " + source.name() + ": " + problem)
                            .toList());
        }
        return parser.orElseThrow();
    }

    private static void checkNames(FieldTree tree, List<String> problems) {
        if (tree.isAmbiguous()) {
            problems.add(
                    "field "
                            + tree.path()
                            + " cannot be a value and have the member "
                            + tree.members().values().iterator().next().path()
                            + ": leave one of them out");
        }
        tree.members()
                .forEach(
                        (name, member) -> {
                            if (name.isEmpty()) {
                                problems.add(
                                        "field "
                                                + member.path()
                                                + " has an empty part: a dot stands between the"
                                                + " names of a record and its member");
                            }
                            checkNames(member, problems);
                        });
    }

    private static Optional<ValueParser> avro(
            SourceSpec source, byte[] file, List<String> problems) {
        try {
            Schema schema = new Schema.Parser().parse(new String(file, StandardCharsets.UTF_8));
            problems.addAll(AvroFields.problems(schema, source.fields()));
            return Optional.of(new AvroValues(schema, source.fields()));
        } catch (AvroRuntimeException | NullPointerException e) {
            // The latter is how Avro says that a type is neither its own nor named before.
            problems.add(source.schema() + " is no Avro schema: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<ValueParser> protobuf(
            SourceSpec source, byte[] file, List<String> problems) {
        return ProtobufFields.message(file, source.message(), problems)
                .map(
                        message ->
                                new ProtobufValues(
                                        message,
                                        ProtobufFields.paths(message, source.fields(), problems),
                                        source.fields()));
    }
}
