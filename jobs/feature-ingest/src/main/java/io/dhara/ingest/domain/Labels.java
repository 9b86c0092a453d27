package io.dhara.ingest.domain;

import java.util.List;

/** Names that a sender chose, cut to a length that a detail text can bear. */
final class Labels {
    private static final int MAX_CHARS = 100;
    private static final int MAX_LABELS = 10;

    private Labels() {}

    static String shown(String label) {
        return label.length() <= MAX_CHARS ? label : label.substring(0, MAX_CHARS) + "...";
    }

    static String shown(List<String> labels) {
        if (labels.size() <= MAX_LABELS) {
            return labels.stream().map(Labels::shown).toList().toString();
        }
        return labels.subList(0, MAX_LABELS).stream().map(Labels::shown).toList()
                + " and "
                + (labels.size() - MAX_LABELS)
                + " more";
    }
}
