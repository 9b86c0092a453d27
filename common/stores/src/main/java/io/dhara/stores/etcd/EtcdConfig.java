package io.dhara.stores.etcd;

import io.dhara.core.config.Settings;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where the schemas are in etcd and how they are followed.
 *
 * @param endpoints members, all as {@code http://host:2379} or all as {@code https://host:2379},
 *     which is encrypted and checked against the JVM's trust store
 * @param app name below {@code /config}; for what is kept deeper, a path of names
 * @param username empty for no authentication
 * @param password never logged
 * @param settle a change is looked at when no key has changed for this long; a control plane writes
 *     one change key by key
 * @param maxSettle but after this long at the latest
 * @param resync a full reading at this interval makes up for a watch that went silent
 * @param requestTimeout of one reading or write
 * @param connectTimeout of one connection attempt
 * @param maxBackoff longest pause between attempts to reach etcd again
 * @param lastGoodFile keeps the last good snapshot for a start without etcd; empty for none
 */
public record EtcdConfig(
        List<String> endpoints,
        String app,
        String username,
        String password,
        Duration settle,
        Duration maxSettle,
        Duration resync,
        Duration requestTimeout,
        Duration connectTimeout,
        Duration maxBackoff,
        String lastGoodFile)
        implements Serializable {

    private static final String DEFAULT_APP = "onfs";

    public EtcdConfig {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("endpoints of etcd is empty");
        }
        for (String endpoint : endpoints) {
            String scheme = URI.create(endpoint).getScheme();
            if (!"http".equals(scheme) && !"https".equals(scheme)) {
                throw new IllegalArgumentException(
                        "endpoints of etcd must start with http:// or https://: got " + endpoint);
            }
        }
        long secure = endpoints.stream().filter(EtcdConfig::isTls).count();
        if (secure != 0 && secure != endpoints.size()) {
            throw new IllegalArgumentException(
                    "endpoints of etcd must be all http or all https: got " + endpoints);
        }
        if (!app.matches("[^/]+(/[^/]+)*")) {
            throw new IllegalArgumentException(
                    "app of etcd must be a name, or names with / between them: got " + app);
        }
    }

    /** With the defaults of everything else. */
    public static EtcdConfig of(List<String> endpoints, String lastGoodFile) {
        return new EtcdConfig(
                endpoints,
                DEFAULT_APP,
                "",
                "",
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                lastGoodFile);
    }

    /** Reads the settings {@code <prefix>.endpoints} and so on. */
    public static EtcdConfig from(Settings settings, String prefix) {
        String p = prefix + ".";
        EtcdConfig defaults = of(List.of("http://127.0.0.1:2379"), "");
        return new EtcdConfig(
                settings.list(p + "endpoints", defaults.endpoints),
                settings.string(p + "app", defaults.app),
                settings.string(p + "username", ""),
                settings.secret(p + "password", ""),
                settings.duration(p + "settle", defaults.settle),
                settings.positiveDuration(p + "max-settle", defaults.maxSettle),
                settings.positiveDuration(p + "resync", defaults.resync),
                settings.positiveDuration(p + "request-timeout", defaults.requestTimeout),
                settings.positiveDuration(p + "connect-timeout", defaults.connectTimeout),
                settings.positiveDuration(p + "max-backoff", defaults.maxBackoff),
                settings.string(p + "last-good-file", defaults.lastGoodFile));
    }

    /** The same members and times for what another application keeps there. */
    public EtcdConfig withApp(String other) {
        return new EtcdConfig(
                endpoints,
                other,
                username,
                password,
                settle,
                maxSettle,
                resync,
                requestTimeout,
                connectTimeout,
                maxBackoff,
                lastGoodFile);
    }

    boolean isTls() {
        return isTls(endpoints.get(0));
    }

    private static boolean isTls(String endpoint) {
        return endpoint.startsWith("https:");
    }

    /** {@code /config/<app>}. */
    public String base() {
        return "/config/" + app;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "etcd " + endpoints + " " + base();
    }
}
