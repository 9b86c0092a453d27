package io.dhara.realtime.operator;

import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.java.functions.KeySelector;

/**
 * The parts of an entity key as one text, by which a group's events are partitioned: parts joined
 * by {@code |}, in which {@code |} and {@code \} are escaped by {@code \}.
 */
final class KeyText implements KeySelector<FeatureEvent, String> {
    private static final long serialVersionUID = 1L;
    private static final char SEPARATOR = '|';
    private static final char ESCAPE = '\\';

    private final int[] places;

    KeyText(GroupPlan group) {
        this.places = group.key().stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether every part is there and not empty. */
    boolean isIn(FeatureEvent event) {
        for (int place : places) {
            Object part = event.value(place);
            if (part == null || part.toString().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String getKey(FeatureEvent event) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < places.length; i++) {
            if (i > 0) {
                text.append(SEPARATOR);
            }
            append(String.valueOf(event.value(places[i])), text);
        }
        return text.toString();
    }

    private static void append(String part, StringBuilder text) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == SEPARATOR || c == ESCAPE) {
                text.append(ESCAPE);
            }
            text.append(c);
        }
    }

    /** The parts of a text that {@link #getKey} gave. */
    static List<String> parts(String text) {
        if (text.indexOf(SEPARATOR) < 0 && text.indexOf(ESCAPE) < 0) {
            return List.of(text);
        }
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == SEPARATOR) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                if (c == ESCAPE) {
                    i++;
                }
                part.append(text.charAt(i));
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
