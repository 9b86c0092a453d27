package io.dhara.cli;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.feature.FeatureMessageBuilder;
import io.dhara.flink.feature.GroupShape;
import io.dhara.flink.feature.TextValues;
import io.dhara.proto.persist.FeatureServiceGrpc;
import io.dhara.proto.persist.Query;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One feature message in, through serving and Kafka. */
@Command(
        name = "put",
        description = {
            "Writes features of one key: a feature message through Kafka and the feature-ingest job.",
            "Features of the group that are not given take their defaults: a write replaces the whole group."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: ./dhara put user u000001 --group activity views_1d=3 carts_1d=1 --wait"
        })
final class PutCommand implements Runnable {
    private static final Metadata.Key<String> WAIT =
            Metadata.Key.of("dhara-wait", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> EVENT_TIME =
            Metadata.Key.of("dhara-event-time-ms", Metadata.ASCII_STRING_MARSHALLER);

    @Spec private CommandSpec spec;
    @Mixin private Output output;
    @Mixin private StackOptions stack;
    @Mixin private ServingClient client;

    @Parameters(index = "0", paramLabel = "ENTITY", description = "Entity label, for example user.")
    private String entity;

    @Parameters(
            index = "1",
            paramLabel = "KEY",
            description = "Key values; parts of a composite key separated by commas.")
    private String key;

    @Option(names = "--group", required = true, paramLabel = "G", description = "Feature group.")
    private String group;

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "FEATURE=VALUE",
            description = "Values; elements of a vector separated by commas.")
    private List<String> assignments;

    @Option(
            names = "--event-time",
            paramLabel = "INSTANT",
            description = "When it happened (ISO-8601). Default: now.")
    private Instant eventTime;

    @Option(
            names = "--wait",
            description = "Return when the write is applied, so that the next get sees it.")
    private boolean wait;

    @Option(
            names = "--deadline",
            defaultValue = "PT10S",
            description = "Longest wait (ISO-8601). Default: 10 s.")
    private Duration deadline;

    @Override
    public void run() {
        Query query = query(Registries.snapshot(stack.registry()));
        Metadata metadata = new Metadata();
        if (wait) {
            metadata.put(WAIT, "applied");
        }
        if (eventTime != null) {
            metadata.put(EVENT_TIME, Long.toString(eventTime.toEpochMilli()));
        }
        try (ServingClient.Connection connection = client.connect(stack.serving())) {
            String message =
                    FeatureServiceGrpc.newBlockingStub(connection.channel())
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                            .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                            .persistFeatures(query)
                            .getMessage();
            output.result(
                    Map.of("message", message, "applied", wait),
                    message
                            + (wait
                                    ? " (applied)"
                                    : " (acknowledged by Kafka; --wait waits until it is applied)"));
        } catch (StatusRuntimeException e) {
            throw ServingClient.failure(stack.serving(), e);
        }
    }

    private Query query(SchemaSnapshot schemas) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw usage("a value looks like FEATURE=VALUE: got " + assignment);
            }
            texts.put(assignment.substring(0, equals), assignment.substring(equals + 1));
        }
        try {
            GroupShape shape =
                    GroupShape.of(schemas, entity, group, 0, List.copyOf(texts.keySet()));
            // NaN goes through: what becomes of it is for feature-ingest to say.
            return new FeatureMessageBuilder(
                            entity, shape.keyLabels(), Arrays.asList(key.split(",", -1)), true)
                    .add(shape, values(shape, texts))
                    .build();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private List<Object> values(GroupShape shape, Map<String, String> texts) {
        try {
            return texts.values().stream()
                    .map(text -> TextValues.parse(shape.type(), text))
                    .toList();
        } catch (NumberFormatException e) {
            throw usage(
                    "a value of "
                            + group
                            + " is no "
                            + shape.type().wireName()
                            + ": "
                            + e.getMessage());
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
