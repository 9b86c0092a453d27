package io.dhara.cli;

import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.GetRangeRequest;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.proto.v1.InteractionsGrpc.InteractionsBlockingStub;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.StoredInteraction;
import io.dhara.proto.v1.Tier;
import io.dhara.proto.v1.TypedInteractions;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user did, from both tiers. */
@Command(
        name = "interactions",
        description =
                "Reads a user's interactions over gRPC, newest first, with the tier they came from.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: ./dhara interactions u000001 --type CLICK,ORDER --last 20"})
final class InteractionsCommand implements Runnable {
    private static final int DEFAULT_LAST = 20;

    @Mixin private Output output;
    @Mixin private StackOptions stack;
    @Mixin private ServingClient client;

    @Parameters(index = "0", paramLabel = "USER", description = "User id.")
    private String user;

    @Option(
            names = {"-t", "--type"},
            required = true,
            split = ",",
            paramLabel = "T",
            description = "Interaction types, for example CLICK,ORDER.")
    private List<String> types;

    @ArgGroup(exclusive = true)
    private Which which;

    @Option(
            names = "--deadline",
            defaultValue = "PT5S",
            description = "Longest wait (ISO-8601). Default: 5 s.")
    private Duration deadline;

    /** Last-k or a range. */
    static final class Which {
        @Option(
                names = "--last",
                paramLabel = "K",
                description = "The newest K of each type. Default: " + DEFAULT_LAST + ".")
        private Integer last;

        @ArgGroup(exclusive = false)
        private Range range;
    }

    /** A time range. */
    static final class Range {
        @Option(
                names = "--from",
                required = true,
                paramLabel = "INSTANT",
                converter = Instants.class,
                description = "Oldest event time, included (ISO-8601 or epoch milliseconds).")
        private Instant from;

        @Option(
                names = "--to",
                paramLabel = "INSTANT",
                converter = Instants.class,
                description = "Newest event time, included. Default: now.")
        private Instant to;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "100",
                description = "Most of each type. Default: ${DEFAULT-VALUE}.")
        private int limit;
    }

    @Override
    public void run() {
        try (ServingClient.Connection connection = client.connect(stack.serving())) {
            print(
                    ask(
                            InteractionsGrpc.newBlockingStub(connection.channel())
                                    .withDeadlineAfter(
                                            deadline.toMillis(), TimeUnit.MILLISECONDS)));
        } catch (StatusRuntimeException e) {
            throw ServingClient.failure(stack.serving(), e);
        }
    }

    private InteractionsResponse ask(InteractionsBlockingStub interactions) {
        if (which == null || which.range == null) {
            return interactions.getLast(
                    GetLastRequest.newBuilder()
                            .setUserId(user)
                            .addAllTypes(types)
                            .setK(which == null ? DEFAULT_LAST : which.last)
                            .build());
        }
        Range range = which.range;
        Instant to = range.to == null ? Instant.now() : range.to;
        return interactions.getRange(
                GetRangeRequest.newBuilder()
                        .setUserId(user)
                        .addAllTypes(types)
                        .setFromMs(range.from.toEpochMilli())
                        .setToMs(to.toEpochMilli())
                        .setLimit(range.limit)
                        .build());
    }

    private void print(InteractionsResponse response) {
        List<List<String>> table = new ArrayList<>();
        List<Map<String, Object>> document = new ArrayList<>();
        for (TypedInteractions typed : response.getTypesList()) {
            String tier = tier(typed.getTier());
            List<Map<String, Object>> items = new ArrayList<>();
            for (StoredInteraction one : typed.getInteractionsList()) {
                table.add(row(typed.getType(), one, tier));
                items.add(item(one));
            }
            Map<String, Object> ofType = new LinkedHashMap<>();
            ofType.put("type", typed.getType());
            ofType.put("tier", tier);
            ofType.put("truncated", typed.getTruncated());
            ofType.put("interactions", items);
            document.add(ofType);
            if (typed.getTruncated()) {
                output.say("there are more of type " + typed.getType() + " than shown");
            }
        }
        if (response.getHotTierIncomplete()) {
            output.say("the hot tier is down or being rebuilt: the open session may be missing");
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("user", user);
        all.put("hot_tier_incomplete", response.getHotTierIncomplete());
        all.put("types", document);
        output.result(
                all,
                table.isEmpty()
                        ? "no interactions of " + user + " (" + tiers(response) + ")"
                        : Output.table(
                                "TYPE EVENT_TIME PRODUCT CATALOG SUB_ORDER METADATA TIER", table));
    }

    private static List<String> row(String type, StoredInteraction one, String tier) {
        return List.of(
                type,
                Instant.ofEpochMilli(one.getEventTimeMs()).toString(),
                Long.toString(one.getProductId()),
                one.getCatalogId() == 0 ? "-" : Long.toString(one.getCatalogId()),
                orDash(one.getSubOrderNum()),
                orDash(one.getMetadata()),
                tier);
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static Map<String, Object> item(StoredInteraction one) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("event_time_ms", one.getEventTimeMs());
        item.put("product_id", one.getProductId());
        item.put("catalog_id", one.getCatalogId());
        item.put("sub_order_num", one.getSubOrderNum());
        item.put("metadata", one.getMetadata());
        return item;
    }

    private static String tiers(InteractionsResponse response) {
        List<String> tiers = new ArrayList<>();
        response.getTypesList()
                .forEach(typed -> tiers.add(typed.getType() + " " + tier(typed.getTier())));
        return String.join(", ", tiers);
    }

    private static String tier(Tier tier) {
        return switch (tier) {
            case TIER_HOT -> "hot";
            case TIER_COLD -> "cold";
            case TIER_BOTH -> "both";
            case TIER_UNSPECIFIED, UNRECOGNIZED -> "none";
        };
    }
}
