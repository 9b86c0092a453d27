package io.dhara.stores.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a beacon said at one instant: which generations' markers are to be trusted on which server.
 *
 * @param version of the beacon; empty if there is none
 * @param server process that holds it
 * @param generations of the parts of the job; empty unless all parts have said that the tier is
 *     whole
 */
record HotBeacon(String version, String server, Set<Long> generations) {
    private static final String VERSION = "version";
    private static final int FIELDS = 6;

    static final HotBeacon NONE = new HotBeacon("", "", Set.of());

    HotBeacon {
        generations = Set.copyOf(generations);
    }

    /** One part's field: {@code <owner> <generation> <parts> <whole> <form> <server>}. */
    private record Part(long generation, int parts, boolean whole, String form, String server) {}

    /**
     * Reads the hash that hot-beacon.lua writes.
     *
     * @param form of keys and members that this reader understands
     */
    static HotBeacon of(Map<byte[], byte[]> hash, String form) {
        String version = "";
        Map<Integer, Part> parts = new HashMap<>();
        for (Map.Entry<byte[], byte[]> entry : hash.entrySet()) {
            String field = text(entry.getKey());
            String value = text(entry.getValue());
            if (field.equals(VERSION)) {
                version = value;
                continue;
            }
            String[] words = value.split(" ", -1);
            if (words.length == FIELDS) {
                parts.put(
                        Integer.valueOf(field),
                        new Part(
                                Long.parseLong(words[1]),
                                Integer.parseInt(words[2]),
                                words[3].equals("1"),
                                words[4],
                                words[5]));
            }
        }
        Part first = parts.get(0);
        if (first == null) {
            return new HotBeacon(version, "", Set.of());
        }
        List<Long> generations = new ArrayList<>();
        for (int part = 0; part < first.parts(); part++) {
            Part other = parts.get(part);
            if (other == null
                    || !other.whole()
                    || other.parts() != first.parts()
                    || !other.form().equals(form)
                    || !other.server().equals(first.server())) {
                return new HotBeacon(version, first.server(), Set.of());
            }
            generations.add(other.generation());
        }
        return new HotBeacon(version, first.server(), new HashSet<>(generations));
    }

    /** Whether what this process says is all there is, apart from the cold tier. */
    boolean establishes(String process) {
        return !generations.isEmpty() && !process.isEmpty() && server.equals(process);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
