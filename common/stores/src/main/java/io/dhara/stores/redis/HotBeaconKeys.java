package io.dhara.stores.redis;

import io.dhara.stores.interaction.HotTierKeys;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Keys of the hot tier's beacons: one server has one; in a cluster every primary has one of its
 * own, with the first hash tag {@code {0}}, {@code {1}} ... that falls on one of its slots.
 */
public final class HotBeaconKeys {
    private static final int MOST_TAGS = 1_000_000;

    /**
     * Where a beacon is.
     *
     * @param slots which slots its server has, as a digest. Slots that a server takes over without
     *     their keys, as when a lost primary's slots are given away, make another beacon of it
     */
    public record Place(byte[] key, String slots) {}

    private HotBeaconKeys() {}

    /** The beacon of a server that is no cluster. */
    public static Place single() {
        return new Place(HotTierKeys.BEACON.getBytes(StandardCharsets.US_ASCII), "all");
    }

    /**
     * The beacons of a cluster.
     *
     * @param clusterSlots the reply to CLUSTER SLOTS: per range first slot, last slot, primary
     *     (address, port, id), replicas
     * @throws IllegalArgumentException if it is no such reply, or says that slots have no primary
     */
    public static List<Place> ofCluster(List<?> clusterSlots) {
        String[] owners = new String[SlotHash.SLOT_COUNT];
        Map<String, CRC32> uncovered = new HashMap<>();
        for (Object range : clusterSlots) {
            List<?> parts = list(range);
            List<?> primary = list(parts.get(2));
            String id = text(primary.get(primary.size() > 2 ? 2 : 1));
            for (int slot = number(parts.get(0)); slot <= number(parts.get(1)); slot++) {
                owners[slot] = id;
            }
        }
        for (int slot = 0; slot < owners.length; slot++) {
            if (owners[slot] == null) {
                throw new IllegalArgumentException("the cluster has no primary for slot " + slot);
            }
            CRC32 slots = uncovered.computeIfAbsent(owners[slot], owner -> new CRC32());
            slots.update(slot >>> Byte.SIZE);
            slots.update(slot);
        }
        List<Place> places = new ArrayList<>();
        for (int tag = 0; !uncovered.isEmpty() && tag < MOST_TAGS; tag++) {
            byte[] key =
                    (HotTierKeys.BEACON + ":{" + tag + "}").getBytes(StandardCharsets.US_ASCII);
            CRC32 slots = uncovered.remove(owners[SlotHash.getSlot(key)]);
            if (slots != null) {
                places.add(new Place(key, Long.toHexString(slots.getValue())));
            }
        }
        if (!uncovered.isEmpty()) {
            throw new IllegalArgumentException(
                    "no hash tag falls on primaries " + uncovered.keySet());
        }
        return places;
    }

    private static List<?> list(Object part) {
        if (part instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("CLUSTER SLOTS must answer lists: got " + part);
    }

    private static int number(Object part) {
        return Math.toIntExact((Long) part);
    }

    private static String text(Object part) {
        return part instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8)
                : String.valueOf(part);
    }
}
