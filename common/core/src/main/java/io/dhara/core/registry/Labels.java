package io.dhara.core.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Rules for names: which are told apart by the peer's configuration reader, and which by CQL. */
public final class Labels {
    private static final Pattern CQL_NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]{0,47}");
    private static final Pattern BREAKS_A_PATH = Pattern.compile("[/,|@:\\s]|^$");

    private Labels() {}

    /**
     * What the peer compares: lower case without dashes. Two labels of one place that fold alike
     * collide there (B54).
     */
    public static String folded(String label) {
        return label.toLowerCase(Locale.ROOT).replace("-", "");
    }

    /** Each set of labels that fold alike, as {@code a-b, AB}. */
    static List<String> collisions(Collection<String> labels) {
        Map<String, List<String>> byFolded = new TreeMap<>();
        for (String label : labels) {
            byFolded.computeIfAbsent(folded(label), key -> new ArrayList<>()).add(label);
        }
        return byFolded.values().stream()
                .filter(same -> same.size() > 1)
                .map(same -> String.join(", ", same))
                .toList();
    }

    static boolean isCqlName(String name) {
        return CQL_NAME.matcher(name).matches();
    }

    /** Whether a label holds nothing that separates labels in keys, lists and requests. */
    static boolean isUsable(String label) {
        return !BREAKS_A_PATH.matcher(label).find();
    }
}
