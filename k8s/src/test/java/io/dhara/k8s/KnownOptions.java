package io.dhara.k8s;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.FallbackKey;
import org.jspecify.annotations.Nullable;

/**
 * Every {@link ConfigOption} constant of the Flink jars on the class path, with the old names of
 * each.
 */
final class KnownOptions {
    private final Map<String, ConfigOption<?>> current = new HashMap<>();
    private final Map<String, String> renamed = new HashMap<>();
    private final List<String> unreadable = new ArrayList<>();

    static KnownOptions ofClassPath() throws IOException {
        KnownOptions known = new KnownOptions();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (entry.contains("flink-") && entry.endsWith(".jar")) {
                known.scan(entry);
            }
        }
        return known;
    }

    private void scan(String jarPath) throws IOException {
        try (JarFile jar = new JarFile(jarPath)) {
            jar.stream()
                    .map(e -> e.getName())
                    .filter(
                            n ->
                                    n.matches(
                                            "org/apache/flink/(?!.*shaded).*Options(\\$\\w+)?\\.class"))
                    .forEach(
                            n ->
                                    collect(
                                            n.substring(0, n.length() - ".class".length())
                                                    .replace('/', '.')));
        }
    }

    private void collect(String className) {
        try {
            for (Field field : Class.forName(className).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        && field.getType() == ConfigOption.class) {
                    field.setAccessible(true);
                    ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                    current.put(option.key(), option);
                    for (FallbackKey old : option.fallbackKeys()) {
                        renamed.put(old.getKey(), option.key());
                    }
                }
            }
        } catch (NoClassDefFoundError e) {
            // An options class of an optional dependency that is not here; its keys then count as
            // unknown.
            current.remove(className);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read options of " + className, e);
        }
    }

    /** Options classes that need a dependency which is not on the class path. */
    List<String> unreadable() {
        return unreadable;
    }

    int size() {
        return current.size();
    }

    @Nullable ConfigOption<?> option(String key) {
        return current.get(key);
    }

    /** The current name of a key that Flink has renamed, or null. */
    @Nullable String newNameOf(String key) {
        return current.containsKey(key) ? null : renamed.get(key);
    }
}
