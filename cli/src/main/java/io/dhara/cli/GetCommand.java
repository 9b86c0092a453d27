package io.dhara.cli;

import io.dhara.localstack.demo.PackedCells;
import io.dhara.proto.v1.EntityKey;
import io.dhara.proto.v1.FeaturesGrpc;
import io.dhara.proto.v1.GroupSelector;
import io.dhara.proto.v1.RetrieveRequest;
import io.dhara.proto.v1.RetrieveResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A live read over gRPC, with what each value is and how old. */
@Command(
        name = "get",
        description =
                "Reads features of one or more keys over gRPC, with statuses, event times and versions.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: ./dhara get user u000001 u000002 --groups activity,profile"})
final class GetCommand implements Runnable {
    @Mixin private Output output;
    @Mixin private StackOptions stack;
    @Mixin private ServingClient client;

    @Parameters(index = "0", paramLabel = "ENTITY", description = "Entity label, for example user.")
    private String entity;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY",
            description = "Key values; the parts of a composite key separated by commas.")
    private List<String> keys;

    @Option(
            names = {"-g", "--groups"},
            required = true,
            split = ",",
            paramLabel = "G",
            description = "Feature groups; group@vN pins a schema version.")
    private List<String> groups;

    @Option(
            names = "--deadline",
            defaultValue = "PT5S",
            description = "Longest wait (ISO-8601). Default: 5 s.")
    private Duration deadline;

    @Override
    public void run() {
        RetrieveRequest.Builder request = RetrieveRequest.newBuilder().setEntity(entity);
        groups.forEach(g -> request.addGroups(GroupSelector.newBuilder().setGroup(g)));
        keys.forEach(
                k ->
                        request.addKeys(
                                EntityKey.newBuilder()
                                        .addAllValues(Arrays.asList(k.split(",", -1)))));
        try (ServingClient.Connection connection = client.connect(stack.serving())) {
            RetrieveResponse response =
                    FeaturesGrpc.newBlockingStub(connection.channel())
                            .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                            .retrieve(request.build());
            print(cells(response));
        } catch (StatusRuntimeException e) {
            throw ServingClient.failure(stack.serving(), e);
        }
    }

    private List<PackedCells.Cell> cells(RetrieveResponse response) {
        try {
            return PackedCells.of(response);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    "serving at %s gives answers that this dhara cannot read (%s): take the one of its version"
                            .formatted(stack.serving(), e.getMessage()),
                    e);
        }
    }

    private void print(List<PackedCells.Cell> cells) {
        List<List<String>> table = new ArrayList<>();
        List<Map<String, Object>> document = new ArrayList<>();
        for (PackedCells.Cell cell : cells) {
            String key = keys.get(cell.row());
            table.add(
                    List.of(
                            key,
                            cell.group(),
                            cell.feature(),
                            cell.text(),
                            cell.statusText(),
                            time(cell.eventTimeMs()),
                            cell.schemaVersion() == 0 ? "-" : "v" + cell.schemaVersion(),
                            time(cell.expiryMs())));
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("key", key);
            one.put("group", cell.group());
            one.put("feature", cell.feature());
            one.put("type", cell.type().wireName());
            one.put("value", cell.text());
            one.put("status", cell.statusText());
            one.put("event_time_ms", cell.eventTimeMs());
            one.put("schema_version", cell.schemaVersion());
            one.put("expiry_ms", cell.expiryMs());
            document.add(one);
        }
        output.result(
                Map.of("entity", entity, "values", document),
                Output.table("KEY GROUP FEATURE VALUE STATUS EVENT_TIME VERSION EXPIRES", table));
    }

    private static String time(long epochMs) {
        return epochMs == 0 ? "-" : Instant.ofEpochMilli(epochMs).toString();
    }
}
