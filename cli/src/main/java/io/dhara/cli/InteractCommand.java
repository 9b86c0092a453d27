package io.dhara.cli;

import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.proto.v1.PersistInteractionsRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One interaction in, through serving and Kafka. */
@Command(
        name = "interact",
        description = "Hands one interaction of a user to Kafka, through serving.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: ./dhara interact u000001 APP_OPEN; ./dhara interact u000001 CLICK 2002 --catalog 101"
        })
final class InteractCommand implements Runnable {
    @Mixin private Output output;
    @Mixin private StackOptions stack;
    @Mixin private ServingClient client;

    @Parameters(index = "0", paramLabel = "USER", description = "User id.")
    private String user;

    @Parameters(
            index = "1",
            paramLabel = "TYPE",
            description = "Interaction type, for example CLICK.")
    private String type;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "PRODUCT",
            defaultValue = "0",
            description = "Product id; none for types that are not stored, as APP_OPEN.")
    private long product;

    @Option(
            names = "--catalog",
            paramLabel = "ID",
            defaultValue = "0",
            description = "Catalogue id. Default: none.")
    private long catalog;

    @Option(
            names = "--time",
            paramLabel = "INSTANT",
            converter = Instants.class,
            description = "When it happened (ISO-8601 or epoch milliseconds). Default: now.")
    private Instant time;

    @Option(
            names = "--sub-order",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Sub-order number of an order.")
    private String subOrder;

    @Option(
            names = "--metadata",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Free text.")
    private String metadata;

    @Option(
            names = "--deadline",
            defaultValue = "PT10S",
            description = "Longest wait (ISO-8601). Default: 10 s.")
    private Duration deadline;

    @Override
    public void run() {
        // Said here, so that the same command can be repeated with the time that it prints.
        Instant happened = time == null ? Instant.now() : time;
        InteractionEvent event =
                InteractionEvent.newBuilder()
                        .setUserId(user)
                        .setType(type)
                        .setProductId(product)
                        .setCatalogId(catalog)
                        .setEventTimeMs(happened.toEpochMilli())
                        .setSubOrderNum(subOrder)
                        .setMetadata(metadata)
                        .build();
        try (ServingClient.Connection connection = client.connect(stack.serving())) {
            InteractionsGrpc.newBlockingStub(connection.channel())
                    .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                    .persist(PersistInteractionsRequest.newBuilder().addEvents(event).build());
        } catch (StatusRuntimeException e) {
            throw ServingClient.failure(stack.serving(), e);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("user", user);
        document.put("type", type);
        document.put("event_time_ms", happened.toEpochMilli());
        output.result(
                document,
                type
                        + " of "
                        + user
                        + " at "
                        + happened
                        + " acknowledged by Kafka; ./dhara interactions "
                        + user
                        + " --type "
                        + type
                        + " shows it once the job has it in the hot tier");
    }
}
