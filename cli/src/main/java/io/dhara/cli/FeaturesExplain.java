package io.dhara.cli;

import io.dhara.core.config.Units;
import io.dhara.realtime.backtest.StateSize;
import io.dhara.realtime.domain.aggregate.Precision;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.PlannedFeature;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.tile.DecayColumn;
import io.dhara.realtime.domain.tile.StateColumn;
import io.dhara.realtime.domain.tile.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says how a definition is computed and what it costs. */
@Command(
        name = "explain",
        description = {
            "Shows how a definition is computed, how exact it is and what it costs.",
            "The sources, and for each group the features, in which tiles old events leave, and the state of one key,",
            "measured by running the group's code."
        },
        mixinStandardHelpOptions = true)
final class FeaturesExplain implements Runnable {
    /** How often the events of the keys come whose state is measured. */
    private static final List<Duration> INTERVALS =
            List.of(Duration.ofHours(1), Duration.ofMinutes(1));

    @Mixin private Output output;

    @Parameters(paramLabel = "FILE", description = "The definition.")
    private Path file;

    @Override
    public void run() {
        FeaturePlan plan = DefinitionFiles.plan(file);
        List<Map<String, Object>> groups = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        text.append("job ").append(plan.name()).append('\n');
        plan.sources().forEach(source -> source(text, source));
        for (GroupPlan group : plan.groups()) {
            groups.add(group(text, group));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", plan.name());
        document.put("sources", plan.sources().stream().map(FeaturesExplain::document).toList());
        document.put("groups", groups);
        output.result(document, text.toString().stripTrailing());
    }

    private static void source(StringBuilder text, SourceSpec source) {
        text.append(
                "source %s: topic %s, %s, event time from %s%n"
                        .formatted(
                                source.name(),
                                source.topic(),
                                source.format().name().toLowerCase(Locale.ROOT),
                                eventTime(source)));
        text.append(
                "  out of order by %s; a partition silent for %s holds nothing back; more than %s ahead is rejected%n"
                        .formatted(
                                Units.text(source.outOfOrderness()),
                                Units.text(source.idleAfter()),
                                Units.text(source.maxAhead())));
    }

    private static String eventTime(SourceSpec source) {
        return source.eventTime().isEmpty()
                ? "the Kafka record"
                : source.eventTime() + " (" + source.eventTimeUnit().text() + ")";
    }

    private static Map<String, Object> document(SourceSpec source) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", source.name());
        document.put("topic", source.topic());
        document.put("format", source.format().name().toLowerCase(Locale.ROOT));
        document.put("event_time", source.eventTime());
        document.put("out_of_orderness_ms", source.outOfOrderness().toMillis());
        document.put("idle_after_ms", source.idleAfter().toMillis());
        document.put("max_ahead_ms", source.maxAhead().toMillis());
        return document;
    }

    private static Map<String, Object> group(StringBuilder text, GroupPlan group) {
        text.append("\ngroup ").append(group.name());
        text.append(group.select().isEmpty() ? " from " + group.source() : " from its select");
        text.append(" by ").append(String.join(" x ", group.keyColumns()));
        text.append(", late after ").append(Units.text(group.layout().lateness())).append('\n');
        if (group.hasId()) {
            text.append(
                    "  an event counts once by %s: until it is late the id is kept as well, with some 20 bytes%n"
                            .formatted(group.idColumn()));
        }
        List<List<String>> rows = new ArrayList<>();
        List<Map<String, Object>> features = new ArrayList<>();
        for (PlannedFeature feature : group.features()) {
            String leaves = leaves(group, feature);
            String exact = exact(group, feature);
            rows.add(
                    List.of(
                            feature.name(),
                            feature.result().toString(),
                            feature.meaning(),
                            feature.span(),
                            leaves,
                            exact));
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", feature.name());
            one.put("type", feature.result().toString());
            one.put("meaning", feature.meaning());
            one.put("span", feature.span());
            one.put("old_events_leave_by", leaves);
            one.put("precision", exact);
            features.add(one);
        }
        text.append(
                Output.table(
                                List.of(
                                        "FEATURE",
                                        "TYPE",
                                        "MEANING",
                                        "OVER",
                                        "OLD EVENTS LEAVE BY",
                                        "PRECISION"),
                                rows)
                        .indent(2));
        List<Map<String, Object>> states = new ArrayList<>();
        for (Duration interval : INTERVALS) {
            StateSize size = StateSize.of(group, interval);
            text.append(
                    "  state of a key with an event every %s: %,d bytes (head %,d, %,d tiles %,d, %,d items %,d)%n"
                            .formatted(
                                    Units.text(interval),
                                    size.totalBytes(),
                                    size.headBytes(),
                                    size.tiles(),
                                    size.tileBytes(),
                                    size.items(),
                                    size.itemBytes()));
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("event_every_ms", interval.toMillis());
            one.put("bytes", size.totalBytes());
            one.put("head_bytes", size.headBytes());
            one.put("tiles", size.tiles());
            one.put("items", size.items());
            states.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", group.name());
        document.put("key", group.keyColumns());
        document.put("select", group.select());
        document.put("lateness_ms", group.layout().lateness().toMillis());
        document.put("features", features);
        document.put("state_of_a_key", states);
        return document;
    }

    private static String leaves(GroupPlan group, PlannedFeature feature) {
        if (feature.reading() instanceof PlannedFeature.OverWindow over) {
            StateColumn column = group.layout().columns().get(over.column());
            Window window = column.windows().get(over.window());
            return "tiles of " + Units.text(window.tail().length());
        }
        if (feature.reading() instanceof PlannedFeature.Decayed decayed) {
            DecayColumn column = group.layout().decays().get(decayed.decay());
            return "halving, told every " + Units.text(column.refresh());
        }
        if (feature.reading() instanceof PlannedFeature.Open open) {
            Window expiry = group.layout().gauges().get(open.gauge()).expiry();
            return "closing, else tiles of " + Units.text(expiry.tail().length());
        }
        throw new IllegalStateException("no reading is like " + feature.reading());
    }

    private static String exact(GroupPlan group, PlannedFeature feature) {
        return feature.reading() instanceof PlannedFeature.OverWindow over
                ? Precision.of(group.layout().columns().get(over.column()).type())
                : "exact";
    }
}
