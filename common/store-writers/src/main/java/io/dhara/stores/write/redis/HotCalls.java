package io.dhara.stores.write.redis;

import io.dhara.core.interaction.Interaction;
import io.dhara.stores.interaction.HotMembers;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierKeys;
import io.dhara.stores.interaction.HotTierKeys.UserSet;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the script calls over one user's keys. */
final class HotCalls {
    private static final byte[] ADD = ascii("add");
    private static final byte[] CONTINUE = ascii("continue");
    private static final byte[] LOAD = ascii("load");

    /**
     * One call.
     *
     * @param parameters keys and then arguments
     */
    record Call(HotScript script, int keys, byte[][] parameters) {}

    private final HotTierKeys keys;
    private final HotScript put;
    private final HotScript close = HotScript.load("hot-close.lua", "");

    HotCalls(HotTierConfig config, HotTierKeys keys) {
        this.keys = keys;
        this.put = HotScript.load("hot-put.lua", layout(config, keys.sets()));
    }

    private static String layout(HotTierConfig config, List<UserSet> sets) {
        String names = joined(sets, set -> "'" + set.name() + "'");
        String limits = joined(sets, set -> String.valueOf(set.limit()));
        return "local NAMES, LIMITS = { %s }, { %s }%nlocal TTL = %d%n"
                .formatted(names, limits, config.ttl().toMillis());
    }

    private static String joined(List<UserSet> sets, Function<UserSet, String> part) {
        return sets.stream().map(part).collect(Collectors.joining(", "));
    }

    /**
     * @throws IllegalArgumentException if the type of one is not a stored one
     */
    void check(List<Interaction> interactions) {
        interactions.forEach(interaction -> keys.events(interaction.type()));
    }

    Call add(HotAdd add, long generation, long nowMillis) {
        return put(
                add.continues() ? CONTINUE : ADD,
                add.userId(),
                add.epoch(),
                generation,
                nowMillis,
                add.interactions());
    }

    Call load(
            String userId, long epoch, long generation, long nowMillis, List<Interaction> history) {
        return put(LOAD, userId, epoch, generation, nowMillis, history);
    }

    Call close(String userId, long epoch) {
        byte[][] all = keys.all(userId);
        byte[][] parameters = Arrays.copyOf(all, all.length + 1);
        parameters[all.length] = ascii(epoch);
        return new Call(close, all.length, parameters);
    }

    byte[][] keys(String userId) {
        return keys.all(userId);
    }

    private Call put(
            byte[] op,
            String userId,
            long epoch,
            long generation,
            long nowMillis,
            List<Interaction> interactions) {
        byte[][] all = keys.all(userId);
        List<byte @Nullable []> out = new ArrayList<>(all.length + 8 + 2 * interactions.size());
        out.addAll(Arrays.asList(all));
        out.add(op);
        out.add(ascii(epoch));
        out.add(ascii(generation));
        out.add(ascii(nowMillis));
        blocks(interactions, out);
        return new Call(put, all.length, out.toArray(byte[][]::new));
    }

    /** One block per set; of few interactions, as nearly always, without a map. */
    private void blocks(List<Interaction> interactions, List<byte @Nullable []> out) {
        int[] counts = new int[keys.sets().size()];
        for (Interaction interaction : interactions) {
            counts[keys.events(interaction.type())]++;
        }
        for (int set = 0; set < counts.length; set++) {
            if (counts[set] > 0) {
                block(set, false, set, counts[set], interactions, out);
                if (keys.hasProducts()) {
                    int products = keys.products(keys.sets().get(set).name());
                    block(products, true, set, counts[set], interactions, out);
                }
            }
        }
    }

    private void block(
            int set,
            boolean asProducts,
            int eventSet,
            int count,
            List<Interaction> interactions,
            List<byte @Nullable []> out) {
        out.add(ascii(set + 1));
        out.add(ascii(count));
        int sinceAt = out.size();
        out.add(null);
        long since = Long.MAX_VALUE;
        for (Interaction interaction : interactions) {
            if (keys.events(interaction.type()) == eventSet) {
                since = Math.min(since, interaction.eventTimeMillis());
                out.add(ascii(interaction.eventTimeMillis()));
                out.add(
                        asProducts
                                ? HotMembers.product(interaction)
                                : HotMembers.event(interaction));
            }
        }
        out.set(sinceAt, ascii(since));
    }

    static byte[] ascii(long number) {
        return ascii(Long.toString(number));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
