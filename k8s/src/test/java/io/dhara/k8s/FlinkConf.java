package io.dhara.k8s;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;

/** Reads the files of {@code flink-conf/} the way Flink reads its {@code config.yaml}. */
final class FlinkConf {
    private FlinkConf() {}

    /** The platform file alone. */
    static Configuration platform() {
        return GlobalConfiguration.loadConfiguration(Project.FLINK_CONF.toString());
    }

    /** Platform, profile and job file merged; the later wins. */
    static Configuration merged(String profile, String job) throws IOException {
        Configuration merged = platform();
        merged.addAll(load(Project.FLINK_CONF.resolve("profiles/" + profile + ".yaml")));
        merged.addAll(load(Project.FLINK_CONF.resolve("jobs/" + job + ".yaml")));
        return merged;
    }

    /** One file, flattened by Flink's own loader: it takes only a folder with a config.yaml. */
    static Configuration load(Path file) throws IOException {
        Path folder = Files.createTempDirectory("flink-conf");
        Path copy = Files.copy(file, folder.resolve("config.yaml"));
        try {
            return GlobalConfiguration.loadConfiguration(folder.toString());
        } finally {
            Files.delete(copy);
            Files.delete(folder);
        }
    }

    /** Keys and values as text, sorted by key. */
    static Map<String, String> asMap(Configuration configuration) {
        return new TreeMap<>(configuration.toMap());
    }
}
