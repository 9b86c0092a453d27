package io.dhara.stores;

import io.dhara.core.config.Settings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A host and port of a store.
 *
 * @param host name or address; a name is resolved at every connect
 * @param port 1..65535
 */
public record Endpoint(String host, int port) implements Serializable {

    public Endpoint {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host of a store endpoint is empty");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "port of store endpoint " + host + " must be 1..65535: got " + port);
        }
    }

    /**
     * Reads {@code host:port}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException naming the text
     */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException(
                    "store endpoint must be host:port: got \"" + text + "\"");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new Endpoint(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "port of store endpoint \"" + text + "\" is not a number", e);
        }
    }

    /** Reads a list of them; those that are wrong are reported to the settings and left out. */
    public static List<Endpoint> from(Settings settings, String key) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String text : settings.list(key, List.of())) {
            try {
                endpoints.add(parse(text));
            } catch (IllegalArgumentException e) {
                settings.reject(key, e.getMessage());
            }
        }
        return endpoints;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
