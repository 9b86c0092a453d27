package io.dhara.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Bytes of the job's state per open session, from savepoints of the running job: in RocksDB's own
 * files as they are, not compacted, and in the canonical form, each entry once.
 *
 * @param sessions that are open
 * @param eventsOfSession of each
 */
record SessionStateBenchmark(int sessions, int eventsOfSession) {
    static final SessionStateBenchmark DEFAULT = new SessionStateBenchmark(200_000, 5);

    private static final double TARGET_BYTES = 600;

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        try (SessionServers servers = SessionServers.start();
                MeasuredProcess process = SessionJobProcess.start(surroundings.home(), servers)) {
            String topic = "state";
            SessionLoad load = SessionLoad.untilNow("s", sessions * eventsOfSession, sessions);
            servers.kafka.createTopic(topic, SessionServers.PARTITIONS);
            load.send(servers.kafka.bootstrapServers(), topic);
            Map<String, String> settings = servers.settings(topic);
            // History is no state: it would only take the machine's time.
            settings.put("interactions.tiers.loads", "1");
            process.ask("run " + servers.write(topic, settings));
            SessionizerBenchmark.awaitEvents(servers, load);
            surroundings.say(
                    "%,d sessions of %d events are open".formatted(sessions, eventsOfSession));
            double files = perSession(servers, process, "NATIVE");
            double entries = perSession(servers, process, "CANONICAL");
            process.ask("cancel");
            return List.of(
                    new BenchmarkFigure(
                            "session-state/rocksdb-files",
                            files,
                            "B/session",
                            "<= 600 B (1M in 600 MB)",
                            "each entry once, canonical savepoint",
                            entries / files,
                            files <= TARGET_BYTES),
                    new BenchmarkFigure(
                            "session-state/entries", entries, "B/session", null, null, null, null));
        }
    }

    private double perSession(SessionServers servers, MeasuredProcess process, String format)
            throws IOException {
        Path folder = Files.createDirectories(servers.folder.resolve("savepoint-" + format));
        process.ask("savepoint " + format + " " + folder.toUri());
        try (Stream<Path> files = Files.walk(folder)) {
            return (double)
                            files.filter(Files::isRegularFile)
                                    .mapToLong(f -> f.toFile().length())
                                    .sum()
                    / sessions;
        }
    }
}
