package io.dhara.benchmarks;

import io.dhara.core.config.Settings;
import io.dhara.serving.ServingConfig;
import io.dhara.serving.ServingServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Serving in a process of its own. Argument: its settings file. Answers {@code port}. */
final class ServingProcess {
    private ServingProcess() {}

    static MeasuredProcess start(Path home, SessionServers servers, String invalidations)
            throws IOException {
        Map<String, String> settings = servers.stores();
        settings.put("kafka.topics.invalidations", invalidations);
        settings.put("registry.folder", home.resolve("examples/schemas").toString());
        settings.put("interactions.hot.store", "2");
        settings.put("interactions.cold.store", "1");
        settings.put("serving.host", "127.0.0.1");
        settings.put("serving.port", "0");
        settings.put("serving.admin-port", "0");
        settings.put("serving.auth", "none");
        return MeasuredProcess.start(
                servers.folder.resolve("serving.log"),
                ServingProcess.class,
                List.of(
                        "-Xms512m",
                        "-Xmx512m",
                        "-Ddhara.log=" + servers.folder.resolve("serving.log")),
                List.of(servers.write("serving", settings).toString()));
    }

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofYaml(Path.of(args[0]));
        ServingConfig config = ServingConfig.from(settings);
        settings.finish();
        ServingServer server = ServingServer.start(config);
        MeasuredProcess.serve(words -> Integer.toString(server.port()));
    }
}
