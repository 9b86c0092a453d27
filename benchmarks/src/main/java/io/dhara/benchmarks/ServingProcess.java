package io.dhara.benchmarks;

import com.sun.management.ThreadMXBean;
import io.dhara.core.config.Settings;
import io.dhara.serving.ServingConfig;
import io.dhara.serving.ServingServer;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Serving in a process of its own. Argument: its settings file. Answers {@code port}, {@code echo
 * FILE} (opens an {@link EchoPort} that answers with the file, and says its port), {@code
 * allocated} (bytes of heap that threads which live have allocated so far) and {@code lookups
 * RESULT} (of the in-memory cache).
 */
final class ServingProcess {
    private ServingProcess() {}

    /**
     * @param folder for settings and log
     * @param jvm its memory
     * @param given settings; those of its ports, callers and admission are added
     */
    static MeasuredProcess start(Path folder, List<String> jvm, Map<String, String> given)
            throws IOException {
        Map<String, String> settings = new TreeMap<>(given);
        settings.put("serving.host", "127.0.0.1");
        settings.put("serving.port", "0");
        settings.put("serving.admin-port", "0");
        settings.put("serving.auth", "none");
        // Every call is measured: one that waits counts with its wait, and none is refused for it.
        settings.put("serving.admission.max-wait", "0 s");
        Path log = folder.resolve("serving.log");
        List<String> options = new ArrayList<>(jvm);
        options.add("-Ddhara.log=" + log);
        return MeasuredProcess.start(
                log,
                ServingProcess.class,
                options,
                List.of(SettingsFile.write(folder, "serving", settings).toString()));
    }

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofYaml(Path.of(args[0]));
        ServingConfig config = ServingConfig.from(settings);
        settings.finish();
        ServingServer server = ServingServer.start(config);
        MeasuredProcess.serve(
                words ->
                        switch (words.get(0)) {
                            case "port" -> Integer.toString(server.port());
                            case "echo" -> {
                                byte[] answer = Files.readAllBytes(Path.of(words.get(1)));
                                yield Integer.toString(EchoPort.open(answer).port());
                            }
                            case "allocated" -> Long.toString(allocatedBytes());
                            case "lookups" -> Long.toString(lookups(server, words.get(1)));
                            default ->
                                    throw new IllegalArgumentException("unknown: " + words.get(0));
                        });
    }

    private static long allocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    private static long lookups(ServingServer server, String result) {
        Counter counter =
                server.meters().get("dhara.serving.cache.lookups").tag("result", result).counter();
        return (long) counter.count();
    }
}
