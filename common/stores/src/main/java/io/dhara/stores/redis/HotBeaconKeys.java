package io.dhara.stores.redis;

import io.dhara.stores.interaction.HotTierKeys;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keys of the hot tier's beacons: one server has one; in a cluster every primary has one of its
 * own, with the first hash tag {@code {0}}, {@code {1}} ... that falls on one of its slots.
 */
public final class HotBeaconKeys {
    private static final int MOST_TAGS = 1_000_000;

    private HotBeaconKeys() {}

    /** The beacon of a server that is no cluster. */
    public static byte[] single() {
        return HotTierKeys.BEACON.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The beacons of a cluster.
     *
     * @param clusterSlots the reply to CLUSTER SLOTS: per range first slot, last slot, primary
     *     (address, port, id), replicas
     * @throws IllegalArgumentException if it is no such reply, or says that slots have no primary
     */
    public static List<byte[]> ofCluster(List<?> clusterSlots) {
        String[] owners = new String[SlotHash.SLOT_COUNT];
        Set<String> uncovered = new HashSet<>();
        for (Object range : clusterSlots) {
            List<?> parts = list(range);
            List<?> primary = list(parts.get(2));
            String id = text(primary.get(primary.size() > 2 ? 2 : 1));
            uncovered.add(id);
            for (int slot = number(parts.get(0)); slot <= number(parts.get(1)); slot++) {
                owners[slot] = id;
            }
        }
        for (int slot = 0; slot < owners.length; slot++) {
            if (owners[slot] == null) {
                throw new IllegalArgumentException("the cluster has no primary for slot " + slot);
            }
        }
        List<byte[]> keys = new ArrayList<>();
        for (int tag = 0; !uncovered.isEmpty() && tag < MOST_TAGS; tag++) {
            byte[] key =
                    (HotTierKeys.BEACON + ":{" + tag + "}").getBytes(StandardCharsets.US_ASCII);
            if (uncovered.remove(owners[SlotHash.getSlot(key)])) {
                keys.add(key);
            }
        }
        if (!uncovered.isEmpty()) {
            throw new IllegalArgumentException("no hash tag falls on primaries " + uncovered);
        }
        return keys;
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
