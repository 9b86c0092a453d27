package io.dhara.stores.write.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script of the hot tier.
 *
 * @param text what EVAL and SCRIPT LOAD take
 * @param sha what EVALSHA calls it by
 */
record HotScript(byte[] text, byte[] sha) {

    /** A resource beside this class, with further text above it. */
    static HotScript load(String resource, String above) {
        try (InputStream in = HotScript.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            String text = above + new String(in.readAllBytes(), StandardCharsets.UTF_8);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(bytes);
            return new HotScript(
                    bytes, HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
