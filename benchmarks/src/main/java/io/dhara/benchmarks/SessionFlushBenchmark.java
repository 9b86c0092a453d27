package io.dhara.benchmarks;

import java.util.Arrays;
import java.util.List;

/**
 * UPDATEs per closed session, counted by the CQL driver of the job: a job reads its topic to the
 * end, which closes every session once.
 *
 * @param sessions all of which are closed
 * @param eventsOfSession of each, of up to three types and of one week
 */
record SessionFlushBenchmark(int sessions, int eventsOfSession) {
    static final SessionFlushBenchmark DEFAULT = new SessionFlushBenchmark(5_000, 6);

    private static final double MOST_PER_TABLE = 1;

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        try (SessionServers servers = SessionServers.start();
                MeasuredProcess process = SessionJobProcess.start(surroundings.home(), servers)) {
            String topic = "flush";
            SessionLoad load = SessionLoad.untilNow("f", sessions * eventsOfSession, sessions);
            servers.kafka.createTopic(topic, SessionServers.PARTITIONS);
            load.send(servers.kafka.bootstrapServers(), topic);
            process.ask("drain " + servers.write(topic, servers.settings(topic)));
            surroundings.say("flushed " + process.ask("await"));
            long[] statements =
                    Arrays.stream(process.ask("statements").split(" "))
                            .mapToLong(Long::parseLong)
                            .toArray();
            double blocks = (double) statements[0] / load.touchedSets();
            double counts = (double) statements[1] / load.touchedSets();
            return List.of(
                    new BenchmarkFigure(
                            "session-flush/updates-per-touched-block-table",
                            blocks,
                            "UPDATEs",
                            "1",
                            null,
                            null,
                            blocks <= MOST_PER_TABLE),
                    new BenchmarkFigure(
                            "session-flush/updates-per-touched-count-table",
                            counts,
                            "UPDATEs",
                            "1",
                            null,
                            null,
                            counts <= MOST_PER_TABLE),
                    new BenchmarkFigure(
                            "session-flush/updates-per-session",
                            (double) (statements[0] + statements[1]) / sessions,
                            "UPDATEs",
                            null,
                            null,
                            null,
                            null),
                    new BenchmarkFigure(
                            "session-flush/selects-per-session",
                            (double) statements[2] / sessions,
                            "SELECTs",
                            null,
                            null,
                            null,
                            null));
        }
    }
}
