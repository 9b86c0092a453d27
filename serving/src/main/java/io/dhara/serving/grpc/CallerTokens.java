package io.dhara.serving.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callers and their tokens, as the registry has them now. A registry value is the token itself or
 * {@code sha256:} and 64 hex digits of its SHA-256. Both are compared as hashes and in a time that
 * does not depend on where they differ, nor on whether the caller exists.
 */
final class CallerTokens {
    private static final Logger LOG = LoggerFactory.getLogger(CallerTokens.class);
    private static final String HASHED = "sha256:";
    private static final int HASH_BYTES = 32;

    /** Equals no hash that {@link #sha256} gives, because of its length. */
    private static final byte[] NOBODY = new byte[0];

    private record Hashed(Map<String, String> source, Map<String, byte[]> hashes) {}

    private final Supplier<Map<String, String>> tokens;
    private volatile Hashed hashed = new Hashed(Map.of(), Map.of());

    /**
     * @param tokens caller id to registry value; the same map object as long as nothing changed
     */
    CallerTokens(Supplier<Map<String, String>> tokens) {
        this.tokens = requireNonNull(tokens, "tokens is null");
    }

    boolean isKnown(String callerId) {
        return tokens.get().containsKey(callerId);
    }

    boolean matches(String callerId, String token) {
        byte[] expected = hashes().getOrDefault(callerId, NOBODY);
        return MessageDigest.isEqual(expected, sha256(token));
    }

    private Map<String, byte[]> hashes() {
        Map<String, String> now = tokens.get();
        Hashed held = hashed;
        if (held.source != now) {
            Map<String, byte[]> hashes = new HashMap<>();
            now.forEach((caller, value) -> hashes.put(caller, hashOf(caller, value)));
            held = new Hashed(now, hashes);
            hashed = held;
        }
        return held.hashes;
    }

    private static byte[] hashOf(String caller, String value) {
        if (!value.startsWith(HASHED)) {
            return sha256(value);
        }
        try {
            byte[] hash = HexFormat.of().parseHex(value.substring(HASHED.length()));
            if (hash.length == HASH_BYTES) {
                return hash;
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("no hex in the token of caller {}", caller, e);
        }
        LOG.error(
                "the token of caller {} starts with {} but 64 hex digits do not follow: it lets"
                        + " nobody in until it is corrected in the registry",
                caller,
                HASHED);
        return NOBODY;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
