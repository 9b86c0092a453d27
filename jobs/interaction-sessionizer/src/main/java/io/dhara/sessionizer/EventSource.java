package io.dhara.sessionizer;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.sessionizer.event.EventFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A topic that events come from.
 *
 * @param name part of operator uids: a source that changes its name forgets its offsets
 * @param topic Kafka topic; records of a user share a key
 * @param format what its records are
 */
public record EventSource(String name, String topic, EventFormat format) implements Serializable {
    private static final String PREFIX = "interactions.sources";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");

    /** Sources there are unless the settings change or disable them. */
    public static final List<EventSource> DEFAULT =
            List.of(
                    new EventSource("clicks", "interaction-store.clicks", EventFormat.CLICK_JSON),
                    new EventSource("orders", "interaction-store.orders", EventFormat.ORDER_JSON),
                    new EventSource("events", "interaction-store.interactions", EventFormat.EVENT));

    public EventSource {
        requireNonNull(name, "name is null");
        requireNonNull(topic, "topic is null");
        requireNonNull(format, "format is null");
    }

    /**
     * Reads {@code interactions.sources.<name>.{enabled,topic,format}}: the default sources as they
     * are, changed or disabled, and others. In the order of their names.
     */
    static List<EventSource> from(Settings settings) {
        Map<String, EventSource> named = new TreeMap<>();
        settings.children(PREFIX)
                .forEach(name -> named.put(name, new EventSource(name, "", EventFormat.EVENT)));
        DEFAULT.forEach(source -> named.put(source.name, source));
        List<EventSource> sources = new ArrayList<>();
        Map<String, String> topics = new HashMap<>();
        for (EventSource byDefault : named.values()) {
            EventSource source = read(settings, byDefault);
            if (settings.bool(PREFIX + "." + source.name + ".enabled", true)) {
                sources.add(source);
                rejectSameTopic(settings, source, topics.put(source.topic, source.name));
            }
        }
        if (sources.isEmpty()) {
            settings.reject(PREFIX, "must leave at least one source enabled");
        }
        return sources;
    }

    /** Only what an own source is has no default. */
    private static EventSource read(Settings settings, EventSource byDefault) {
        String prefix = PREFIX + "." + byDefault.name + ".";
        if (!NAME.matcher(byDefault.name).matches()) {
            settings.reject(prefix + "topic", "is of a name that is not of a-z, 0-9 and -");
        }
        boolean own = byDefault.topic.isEmpty();
        String topic =
                own
                        ? settings.required(prefix + "topic")
                        : settings.string(prefix + "topic", byDefault.topic);
        return new EventSource(
                byDefault.name, topic, settings.choice(prefix + "format", byDefault.format));
    }

    private static void rejectSameTopic(
            Settings settings, EventSource source, @Nullable String other) {
        if (other != null) {
            settings.reject(
                    PREFIX + "." + source.name + ".topic",
                    "is also the topic of " + other + ": got " + source.topic);
        }
    }
}
