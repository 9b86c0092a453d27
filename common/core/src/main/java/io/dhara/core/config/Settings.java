package io.dhara.core.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Typed reading of one process's settings: dotted, hyphenated keys, values with units. A read never
 * throws; it remembers what was wrong and returns the default, so that {@link #finish()} reports
 * every error and every unknown key at once. Not thread-safe: read in one place at start.
 *
 * <pre>{@code
 * Settings settings = Settings.ofYaml(file).with(commandLine);
 * IngestConfig config = new IngestConfig(
 *         settings.duration("ingest.flush-interval", Duration.ofMillis(100)), ...);
 * settings.finish();
 * log.info("settings: {}", settings.effective());
 * }</pre>
 */
public final class Settings {
    private static final String HIDDEN = "(hidden)";

    private final String source;
    private final SortedMap<String, String> given;
    private final SortedMap<String, String> effective = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    private Settings(String source, Map<String, String> given) {
        this.source = requireNonNull(source, "source is null");
        this.given = new TreeMap<>(requireNonNull(given, "given is null"));
    }

    public static Settings parse(Map<String, String> given) {
        return new Settings("settings", given);
    }

    /**
     * A YAML file, nested or with dotted keys; a list is the same as its items joined with commas.
     *
     * @throws ConfigException if the file is missing or is no YAML map, naming file and line
     */
    public static Settings ofYaml(Path file) {
        return new Settings(file.toString(), FlatYaml.read(file));
    }

    /**
     * A process's command line: {@code --config FILE} and any number of {@code key=value}, which
     * win over the file.
     *
     * @throws ConfigException for anything else, or as {@link #ofYaml}
     */
    public static Settings ofCommandLine(String... args) {
        Settings settings = parse(Map.of());
        Map<String, String> overrides = new TreeMap<>();
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            if (args[i].equals("--config") && i + 1 < args.length) {
                settings = ofYaml(Path.of(args[++i]));
            } else if (equals > 0 && !args[i].startsWith("-")) {
                overrides.put(args[i].substring(0, equals), args[i].substring(equals + 1));
            } else {
                throw new ConfigException(
                        "command line",
                        List.of(args[i] + " is not understood: use --config FILE and key=value"));
            }
        }
        return settings.with(overrides);
    }

    /** These settings with others on top, before anything has been read. */
    public Settings with(Map<String, String> overrides) {
        Map<String, String> merged = new TreeMap<>(given);
        merged.putAll(overrides);
        return new Settings(source, merged);
    }

    /** Whether the key is given at all. */
    public boolean has(String key) {
        return given.containsKey(key);
    }

    /**
     * The names given directly under a prefix: for {@code stores.redis.2.hosts} and prefix {@code
     * stores.redis}, {@code 2}.
     */
    public SortedSet<String> children(String prefix) {
        String start = prefix + ".";
        SortedSet<String> names = new TreeSet<>();
        for (String key : given.keySet()) {
            if (key.startsWith(start)) {
                String rest = key.substring(start.length());
                int dot = rest.indexOf('.');
                names.add(dot < 0 ? rest : rest.substring(0, dot));
            }
        }
        return names;
    }

    /**
     * Everything under a prefix, for a library that reads its own settings: name below the prefix
     * to value. What sounds like a secret is hidden in {@link #effective()}.
     */
    public Map<String, String> properties(String prefix) {
        String start = prefix + ".";
        Map<String, String> found = new TreeMap<>();
        for (String key : given.keySet()) {
            if (key.startsWith(start)) {
                String name = key.substring(start.length());
                found.put(name, soundsSecret(name) ? secret(key, "") : string(key, ""));
            }
        }
        return found;
    }

    private static boolean soundsSecret(String name) {
        String folded = name.toLowerCase(Locale.ROOT);
        return Stream.of("password", "jaas", "secret", "token", "keystore.key")
                .anyMatch(folded::contains);
    }

    public String string(String key, String byDefault) {
        return read(key, byDefault, Function.identity(), Function.identity());
    }

    /** A text without a default; empty counts as absent. */
    public String required(String key) {
        String value = string(key, "");
        if (value.isEmpty()) {
            reject(key, "must be given");
        }
        return value;
    }

    /** A text that {@link #effective()} does not show. */
    public String secret(String key, String byDefault) {
        String value = string(key, byDefault);
        effective.put(key, value.isEmpty() ? "" : HIDDEN);
        return value;
    }

    /** Comma-separated; items are trimmed, empty ones dropped. */
    public List<String> list(String key, List<String> byDefault) {
        return read(
                key,
                byDefault,
                text ->
                        Stream.of(text.split(",", -1))
                                .map(String::trim)
                                .filter(item -> !item.isEmpty())
                                .toList(),
                items -> String.join(",", items));
    }

    public int integer(String key, int byDefault) {
        return integer(key, byDefault, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** A whole number from {@code min} to {@code max}, both included. */
    public int integer(String key, int byDefault, int min, int max) {
        int value = read(key, byDefault, Settings::parseInt, String::valueOf);
        if (value < min || value > max) {
            reject(key, "must be " + min + ".." + max + ": got " + value);
        }
        return value;
    }

    /** A number; not NaN, not infinite. */
    public double decimal(String key, double byDefault) {
        return read(key, byDefault, Settings::parseDouble, String::valueOf);
    }

    /** {@code true} or {@code false}, nothing else. */
    public boolean bool(String key, boolean byDefault) {
        return read(key, byDefault, Settings::parseBoolean, String::valueOf);
    }

    /** A duration such as {@code 100 ms}; units ns, us, ms, s, min, h, d. Zero needs no unit. */
    public Duration duration(String key, Duration byDefault) {
        return read(key, byDefault, Units::duration, Units::text);
    }

    /** As {@link #duration(String, Duration)}, and more than zero. */
    public Duration positiveDuration(String key, Duration byDefault) {
        Duration value = duration(key, byDefault);
        if (value.isZero()) {
            reject(key, "must be positive: got " + value);
        }
        return value;
    }

    /** Bytes, from a size such as {@code 64 kb}; units b, kb, mb, gb, of 1024. */
    public long size(String key, long byDefault) {
        return read(key, byDefault, Units::bytes, Units::text);
    }

    /** As {@link #size}, from 1 to what an int holds. */
    public int bytes(String key, int byDefault) {
        long size = size(key, byDefault);
        if (size < 1 || size > Integer.MAX_VALUE) {
            reject(key, "must be 1 b.." + Integer.MAX_VALUE + " b: got " + size + " b");
            return byDefault;
        }
        return (int) size;
    }

    /** One of an enum's constants, written in lower case with hyphens. */
    public <E extends Enum<E>> E choice(String key, E byDefault) {
        return read(key, byDefault, text -> parseChoice(byDefault, text), Settings::choiceText);
    }

    /** Records a violation that only the reader of the settings can see. */
    public void reject(String key, String problem) {
        problems.add(key + " " + problem);
    }

    /**
     * Ends the reading.
     *
     * @throws ConfigException with every error and every key that nobody asked for
     */
    public void finish() {
        List<String> all = new ArrayList<>(problems);
        for (String key : given.keySet()) {
            if (!effective.containsKey(key)) {
                String near = nearest(key);
                all.add(
                        key
                                + " is not a known setting"
                                + (near.isEmpty() ? "" : "; did you mean " + near + "?"));
            }
        }
        if (!all.isEmpty()) {
            throw new ConfigException(source, all);
        }
    }

    /** Every setting read so far with its value in force, secrets hidden. */
    public SortedMap<String, String> effective() {
        return Collections.unmodifiableSortedMap(effective);
    }

    private <T> T read(
            String key, T byDefault, Function<String, T> parser, Function<T, String> writer) {
        T value = byDefault;
        String text = given.get(key);
        if (text != null) {
            try {
                value = parser.apply(text.trim());
            } catch (IllegalArgumentException e) {
                reject(key, e.getMessage() + ": got " + text);
            }
        }
        effective.put(key, writer.apply(value));
        return value;
    }

    private static Integer parseInt(String text) {
        try {
            return Integer.valueOf(text.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number of 32 bits", e);
        }
    }

    private static Double parseDouble(String text) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a number", e);
        }
        throw new IllegalArgumentException("must be a finite number");
    }

    private static Boolean parseBoolean(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    private static <E extends Enum<E>> E parseChoice(E byDefault, String text) {
        E[] constants = byDefault.getDeclaringClass().getEnumConstants();
        for (E constant : constants) {
            if (choiceText(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(
                "must be one of " + Stream.of(constants).map(Settings::choiceText).toList());
    }

    private static String choiceText(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The known key that shares the last part or differs only in case, dashes and underscores. */
    private String nearest(String unknown) {
        String folded = folded(unknown);
        String last = unknown.substring(unknown.lastIndexOf('.') + 1);
        for (String known : effective.keySet()) {
            if (folded(known).equals(folded) || known.endsWith("." + last)) {
                return known;
            }
        }
        return "";
    }

    private static String folded(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }
}
