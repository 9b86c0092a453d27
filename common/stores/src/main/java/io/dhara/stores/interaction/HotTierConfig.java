package io.dhara.stores.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.stores.redis.RedisConfig;
import java.io.Serializable;
import java.time.Duration;

/**
 * How the hot tier lays out its keys. Job and serving must agree on {@code keyStyle} and {@code
 * member}: a reader that does not agree with the writer trusts nothing.
 *
 * @param keyStyle form of a user's keys
 * @param member what the sets named after a type hold
 * @param ttl how long a user's keys outlive the last event at most; they live for at least seven
 *     eighths of it. A safety net: sessions are closed long before
 * @param beaconRefresh how old a reader's knowledge of which markers to trust may be in a cluster;
 *     elsewhere every read sees it as of its own instant
 */
public record HotTierConfig(KeyStyle keyStyle, Member member, Duration ttl, Duration beaconRefresh)
        implements Serializable {

    /** Form of a user's keys. */
    public enum KeyStyle {
        /** {@code userId_TYPE}. */
        PLAIN,
        /** <code>{userId}_TYPE</code>: a cluster keeps one user's keys together. */
        HASH_TAG
    }

    /** What a member of the set {@code userId_TYPE} is. */
    public enum Member {
        /** The whole event. */
        EVENT,
        /**
         * The product id, for consumers that read Redis directly: a second event of the product
         * only moves it. The events are in {@code userId_TYPE:events} then, so that nothing is lost
         * to readers of this project.
         */
        PRODUCT_ID
    }

    private static final String PREFIX = "interactions.hot.";
    private static final Duration DEFAULT_TTL = Duration.ofHours(24);
    private static final Duration DEFAULT_BEACON_REFRESH = Duration.ofMillis(500);

    public HotTierConfig {
        requireNonNull(keyStyle, "keyStyle is null");
        requireNonNull(member, "member is null");
        requirePositive("ttl", ttl);
        requirePositive("beacon-refresh", beaconRefresh);
    }

    /** Reads {@code interactions.hot.{key-style,member,ttl,beacon-refresh}}. */
    public static HotTierConfig from(Settings settings) {
        return new HotTierConfig(
                settings.choice(PREFIX + "key-style", KeyStyle.PLAIN),
                settings.choice(PREFIX + "member", Member.EVENT),
                settings.positiveDuration(PREFIX + "ttl", DEFAULT_TTL),
                settings.positiveDuration(PREFIX + "beacon-refresh", DEFAULT_BEACON_REFRESH));
    }

    /** The defaults of everything. */
    public static HotTierConfig defaults() {
        return new HotTierConfig(KeyStyle.PLAIN, Member.EVENT, DEFAULT_TTL, DEFAULT_BEACON_REFRESH);
    }

    /**
     * What a reader must have in common with the writer whose markers it trusts.
     *
     * @param slots of the server, as in the place of its beacon
     */
    public String form(String slots) {
        return keyStyle.name() + "/" + member.name() + "/" + slots;
    }

    /**
     * Fails where this layout cannot work.
     *
     * @throws IllegalArgumentException naming the setting to change
     */
    public void requireFits(RedisConfig redis) {
        if (redis.mode() == RedisConfig.Mode.CLUSTER && keyStyle != KeyStyle.HASH_TAG) {
            throw new IllegalArgumentException(
                    "the hot tier on a Redis cluster needs one user's keys on one node: set "
                            + PREFIX
                            + "key-style to hash-tag");
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.toMillis() <= 0) {
            throw new IllegalArgumentException(
                    PREFIX + name + " must be at least 1 ms: got " + value);
        }
    }
}
