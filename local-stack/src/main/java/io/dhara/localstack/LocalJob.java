package io.dhara.localstack;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;

/** A job that was submitted to the cluster of a stack. */
final class LocalJob {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 50;

    private final String name;
    private final LocalFlink flink;
    private final JobClient client;
    private final JobCounters counters;

    LocalJob(String name, LocalFlink flink, JobClient client) {
        this.name = requireNonNull(name, "name is null");
        this.flink = requireNonNull(flink, "flink is null");
        this.client = requireNonNull(client, "client is null");
        this.counters = new JobCounters(flink.rest(), client.getJobID().toHexString());
    }

    /** Returns when every task runs. */
    String awaitRunning() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!counters.allTasksRun()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "the %s job did not run within %s; see the log and %s"
                                .formatted(name, START_TIMEOUT, flink.rest()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return "RUNNING";
    }

    JobCounters counters() {
        return counters;
    }

    /** With a savepoint, from which the next run of the stack's folder goes on. */
    void stop() throws ExecutionException, InterruptedException {
        flink.stop(name, client);
    }
}
