package io.dhara.stores.write.redis;

import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.redis.HotBeaconKeys.Place;
import io.dhara.stores.write.interaction.HotTierException;
import io.dhara.stores.write.redis.HotCalls.Call;
import io.dhara.stores.write.redis.HotClient.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generation of one part of the job, and the part's field of the beacons. For the writer's
 * thread.
 */
final class HotGeneration {
    private static final Logger LOG = LoggerFactory.getLogger(HotGeneration.class);

    private final HotTierConfig config;
    private final HotClient client;
    private final int part;
    private final int parts;
    private final Clock clock;
    private long owner;
    private final HotScript script = HotScript.load("hot-beacon.lua", "");

    private long generation;
    private boolean userLost;
    private boolean lossNotTold;

    HotGeneration(HotTierConfig config, HotClient client, int part, int parts, Clock clock) {
        this.config = config;
        this.client = client;
        this.part = part;
        this.parts = parts;
        this.clock = clock;
        this.owner = micros();
    }

    /** The generation to write under; looks for one to go on with at the first call. */
    long current() throws HotTierException {
        if (generation == 0) {
            look();
        }
        return generation;
    }

    /** Some user's keys were gone: nothing of this generation is to be trusted any more. */
    void loseUser() {
        userLost = true;
    }

    /** Whether nothing was lost since the last call. */
    boolean isWhole() throws HotTierException {
        look();
        boolean whole = !lossNotTold;
        lossNotTold = false;
        return whole;
    }

    /** Goes on under a new generation if anything was lost. */
    void look() throws HotTierException {
        List<Place> beacons = client.beacons();
        long greatest = generation;
        long adopted = 0;
        boolean intact = !userLost;
        boolean building = false;
        for (Place beacon : beacons) {
            List<?> answer = ask(generation == 0 ? "claim" : "look", beacon, generation);
            owner = Math.max(owner, number(answer.get(3)));
            long found = number(answer.get(1));
            greatest = Math.max(greatest, Math.max(found, number(answer.get(2))));
            intact &= !text(answer.get(0)).equals("absent");
            intact &= adopted == 0 || adopted == found;
            building |= text(answer.get(0)).equals("building");
            adopted = found;
        }
        intact &= generation == 0 || generation == adopted;
        if (intact) {
            // What a former attempt had begun to rebuild is to be added again from the beginning.
            lossNotTold |= generation == 0 && building;
            generation = adopted;
            return;
        }
        long next = Math.max(micros(), greatest + 1);
        for (Place beacon : beacons) {
            ask("take", beacon, next);
        }
        LOG.info("part {} of {} goes on under generation {}", part, parts, next);
        generation = next;
        userLost = false;
        lossNotTold = true;
    }

    /** Says that everything is there again; without effect if something was lost since. */
    void establish() throws HotTierException {
        look();
        if (lossNotTold) {
            return;
        }
        for (Place beacon : client.beacons()) {
            ask("establish", beacon, generation);
        }
    }

    private List<?> ask(String op, Place beacon, long asGeneration) throws HotTierException {
        byte[][] parameters = {
            beacon.key(),
            HotCalls.ascii(op),
            HotCalls.ascii(part),
            HotCalls.ascii(parts),
            HotCalls.ascii(config.form(beacon.slots())),
            HotCalls.ascii(owner),
            HotCalls.ascii(asGeneration),
            // Users' keys live for at least seven eighths of the TTL: the beacon goes first.
            HotCalls.ascii(config.ttl().toMillis() / 2)
        };
        Reply reply = client.call(List.of(new Call(script, 1, parameters))).get(0);
        if (reply.orThrow() instanceof List<?> list) {
            return list;
        }
        throw new HotTierException("the beacon's script answered no list");
    }

    private long micros() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    private static String text(Object part) {
        return part instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.US_ASCII)
                : String.valueOf(part).toLowerCase(Locale.ROOT);
    }

    private static long number(Object part) {
        return Long.parseLong(text(part));
    }
}
