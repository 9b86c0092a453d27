package io.dhara.realtime.domain.definition;

import io.dhara.core.config.Units;
import io.dhara.core.model.DataType.Kind;
import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import io.dhara.realtime.domain.aggregate.Aggregate;
import io.dhara.realtime.domain.aggregate.DecayedPartial;
import io.dhara.realtime.domain.aggregate.ResultType;
import io.dhara.realtime.domain.event.FieldType;
import io.dhara.realtime.domain.tile.GaugeColumn;
import io.dhara.realtime.domain.tile.TileSize;
import io.dhara.realtime.domain.tile.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One entry under {@code features}: one feature for each of its windows. */
final class FeatureYaml {
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_.-]{1,255}");
    private static final Duration MAX_HALF_LIFE = Duration.ofDays(30);
    private static final int REFRESHES_PER_HALF_LIFE = 10;

    private final Map<String, FieldType> columns;
    private final StateBuilder state;
    private final YamlNode node;
    private final String name;
    private final YamlFields fields;
    private final ConditionYaml conditions;
    private final List<String> names = new ArrayList<>();

    FeatureYaml(
            String file,
            Map<String, FieldType> columns,
            StateBuilder state,
            List<SchemaProblem> problems,
            YamlNode node) {
        this.columns = columns;
        this.state = state;
        this.node = node;
        this.name = new YamlFields(file, "a feature", node, problems).requiredText("name");
        this.fields = new YamlFields(file, "feature " + name, node, problems);
        this.conditions = new ConditionYaml(columns, fields);
        fields.node("name");
    }

    /** Of the features it makes. */
    List<String> names() {
        return names;
    }

    /** What each feature is, to be asked when the group's layout is complete. */
    List<Supplier<PlannedFeature>> read() {
        String text = fields.requiredText("aggregate");
        AggregateKind kind = AggregateKind.ofText(text).orElse(null);
        if (kind == null) {
            if (!text.isEmpty()) {
                fields.problem(
                        fields.node("aggregate"),
                        "aggregate must be one of " + AggregateKind.texts() + ": got " + text);
            }
            return List.of();
        }
        fields.text("description", "");
        List<Supplier<PlannedFeature>> features =
                switch (kind.over()) {
                    case WINDOWS -> windowed(kind);
                    case HALF_LIVES -> decayed(kind);
                    case LIFE -> gauge();
                };
        fields.finish();
        return features;
    }

    private List<Supplier<PlannedFeature>> windowed(AggregateKind kind) {
        ConditionYaml.Input input = conditions.input(kind);
        Aggregate aggregate = AggregateYaml.read(kind, input.type(), fields);
        String meaning = kind.text() + " of " + input.identity();
        List<Supplier<PlannedFeature>> features = new ArrayList<>();
        for (Span span : spans("windows", "{window}", Window.MIN, Window.MAX)) {
            Window window = window(span);
            if (aggregate == null || window == null) {
                continue;
            }
            int column = state.window(input.identity(), aggregate.partial(), input.input(), window);
            features.add(
                    () ->
                            new PlannedFeature(
                                    span.label(),
                                    meaning + AggregateYaml.parameters(aggregate, kind, fields),
                                    aggregate.partial().spec() + " of " + input.identity(),
                                    Units.text(span.length()),
                                    aggregate.result(),
                                    new PlannedFeature.OverWindow(
                                            aggregate,
                                            column,
                                            state.windowPlace(column, window),
                                            span.length())));
        }
        return features;
    }

    private @Nullable Window window(Span span) {
        YamlNode tile = fields.node("tile");
        if (tile == null) {
            return Window.of(span.length());
        }
        Duration length = FieldsYaml.duration(fields, "tile", tile);
        if (length == null) {
            return null;
        }
        TileSize size = TileSize.of(length).orElse(null);
        if (size == null) {
            fields.problem(
                    tile,
                    "tile must be 1 s, 10 s, 1 min, 5 min, 1 h, 6 h, 1 d or 7 d: got "
                            + tile.text());
            return null;
        }
        try {
            return new Window(span.length(), size);
        } catch (IllegalArgumentException e) {
            fields.problem(
                    tile,
                    "tile "
                            + tile.text()
                            + " does not suit the window "
                            + Units.text(span.length())
                            + ", which must have 1.."
                            + Window.MAX_TILES
                            + " of them: leave it out, or choose another");
            return null;
        }
    }

    private List<Supplier<PlannedFeature>> decayed(AggregateKind kind) {
        ConditionYaml.Input input = conditions.input(kind);
        String meaning = kind.text() + " of " + input.identity();
        List<Supplier<PlannedFeature>> features = new ArrayList<>();
        for (Span span :
                spans("half-lives", "{half-life}", Duration.ofSeconds(10), MAX_HALF_LIFE)) {
            Duration refresh =
                    FieldsYaml.duration(
                            fields,
                            "refresh",
                            Duration.ofMillis(span.length().toMillis() / REFRESHES_PER_HALF_LIFE),
                            Duration.ofSeconds(1),
                            MAX_HALF_LIFE);
            DecayedPartial.Type type = new DecayedPartial.Type(span.length());
            int decay = state.decay(input.identity(), type, input.input(), refresh);
            features.add(
                    () ->
                            new PlannedFeature(
                                    span.label(),
                                    meaning,
                                    type.spec() + " of " + input.identity(),
                                    Units.text(span.length()),
                                    ResultType.of(Kind.FLOAT),
                                    new PlannedFeature.Decayed(decay)));
        }
        return features;
    }

    private List<Supplier<PlannedFeature>> gauge() {
        named(name);
        String itemName = fields.requiredText("item");
        int item = conditions.column("item", itemName);
        ConditionYaml.Clauses opens = conditions.required("opens");
        ConditionYaml.Clauses closes = conditions.required("closes");
        fields.requiredNode("expire-after");
        Duration life =
                FieldsYaml.duration(fields, "expire-after", Window.MIN, Window.MIN, Window.MAX);
        if (opens.equals(closes) && !opens.text().isEmpty()) {
            fields.problem(
                    fields.node("closes"),
                    "closes is the same as opens, so nothing would ever be open");
        }
        String identity =
                "gauge of " + itemName + " opened" + opens.text() + " closed" + closes.text();
        if (life.getNano() != 0) {
            fields.problem(fields.node("expire-after"), "expire-after must be whole seconds");
            return List.of();
        }
        GaugeColumn column =
                new GaugeColumn(
                        identity, item, opens.condition(), closes.condition(), Window.of(life));
        int gauge = state.gauge(column);
        if (gauge < 0) {
            fields.problem(
                    fields.node("expire-after"),
                    "another gauge counts the same items with another expire-after: make them"
                            + " equal");
        }
        return List.of(
                () ->
                        new PlannedFeature(
                                name,
                                identity,
                                identity,
                                Units.text(life),
                                ResultType.of(Kind.INT),
                                new PlannedFeature.Open(gauge)));
    }

    /** One window or half-life, and the name of its feature. */
    private record Span(Duration length, String label) {}

    private List<Span> spans(String field, String mark, Duration least, Duration most) {
        List<Span> spans = new ArrayList<>();
        List<YamlNode> nodes = fields.list(field);
        if (nodes.isEmpty()) {
            fields.problem(
                    fields.node(field),
                    field
                            + " of feature "
                            + name
                            + " must list at least one, such as [5 min, 1 h]");
        }
        if (nodes.size() > 1 && !name.contains(mark)) {
            fields.problem(
                    node,
                    "name of a feature with several "
                            + field
                            + " must contain "
                            + mark
                            + ", such as "
                            + name
                            + "_"
                            + mark);
            return spans;
        }
        for (YamlNode item : nodes) {
            Duration length = FieldsYaml.duration(fields, field, item);
            if (length == null) {
                continue;
            }
            boolean inside = length.compareTo(least) >= 0 && length.compareTo(most) <= 0;
            if (!inside || length.getNano() != 0) {
                fields.problem(
                        item,
                        field
                                + " must be "
                                + Units.text(least)
                                + ".."
                                + Units.text(most)
                                + " in whole seconds: got "
                                + item.text());
                continue;
            }
            String label = name.replace(mark, shortText(length));
            named(label);
            spans.add(new Span(length, label));
        }
        return spans;
    }

    private void named(String label) {
        if (!name.isEmpty() && !LABEL.matcher(label).matches()) {
            fields.problem(
                    node,
                    "name of a feature must be letters, digits, _ . or -; the only mark in braces"
                            + " is {window}, or {half-life} of a decayed one: got "
                            + label);
        }
        names.add(label);
    }

    /** Such as 90s, 5m, 1h, 7d: as a name may hold it. */
    private static String shortText(Duration length) {
        return Units.text(length).replace(" min", "m").replace(" ", "");
    }
}
