package io.dhara.cli;

import io.dhara.localstack.LocalStack;
import io.dhara.localstack.PhaseTimes;
import io.dhara.localstack.RunningStack;
import io.dhara.localstack.StackEndpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a stack that keeps running after the command has ended. */
@Command(
        name = "up",
        description = {
            "Starts Kafka, Flink, Redis, a CQL store, the jobs and serving, and leaves them running.",
            "All of it is in --data-dir: data, the job's state, logs, and ports.json with the addresses.",
            "Started again there, it has the same data and goes on where it stopped."
        },
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @Mixin private Output output;

    @Option(
            names = "--data-dir",
            defaultValue = ".dhara",
            paramLabel = "DIR",
            description = "Folder of the stack. Default: ${DEFAULT-VALUE}.")
    private Path dataDir;

    @Option(
            names = "--session-gap",
            paramLabel = "DURATION",
            defaultValue = "30min",
            converter = DurationText.class,
            description =
                    "Pause after which a user's session ends, as 5s or 30min. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Duration sessionGap;

    @Option(names = "--foreground", description = "Stay until stopped by Ctrl-C or SIGTERM.")
    private boolean foreground;

    @Override
    public Integer call() throws Exception {
        Optional<ProcessHandle> running = RunningStack.process(dataDir);
        if (running.isPresent()) {
            output.say("dhara: runs already in " + dataDir + ", pid " + running.get().pid());
        } else if (foreground) {
            serve();
            return 0;
        } else {
            new DetachedStack(dataDir, sessionGap, output::say).start();
        }
        RunningStack stack = RunningStack.of(dataDir);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("endpoints", stack.endpoints());
        document.put("rows", stack.counts());
        output.result(document, text(stack.endpoints()));
        return 0;
    }

    /** Runs the stack in this process until it is told to end. */
    private void serve() throws Exception {
        Files.createDirectories(dataDir);
        System.setProperty("dhara.log", dataDir.resolve("dhara.log").toString());
        PhaseTimes phases = new PhaseTimes(new WorkProgress(System.err, false));
        LocalStack stack;
        try {
            stack =
                    LocalStack.start(
                            new LocalStack.Folders(Home.dir(), dataDir), sessionGap, phases);
        } catch (Exception e) {
            throw new CommandFailure(
                    "the stack did not start: "
                            + e
                            + "\n  The log is "
                            + dataDir.resolve("dhara.log")
                            + "; ./dhara doctor looks at this machine.",
                    e);
        }
        output.say("dhara: up, serving on " + stack.endpoints().serving());
        CountDownLatch forever = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(stack), "dhara-down"));
        forever.await();
    }

    private void shutDown(LocalStack stack) {
        try {
            stack.shutDown();
            output.say("dhara: stopped; the job's state is kept");
        } catch (Exception e) {
            output.say("dhara: stopped, but not in an orderly way: " + e);
            stack.close();
        } finally {
            try {
                Files.deleteIfExists(StackEndpoints.file(dataDir));
            } catch (IOException e) {
                output.say("dhara: ports.json is left behind: " + e);
            }
        }
    }

    private static String text(StackEndpoints endpoints) {
        return """
               serving   %s   (gRPC; health and metrics on %s)
               kafka     %s
               redis     %s
               cql       %s
               flink     %s
               schemas   %s
               pid       %d
               Try: ./dhara put user u1 --group activity views_1d=3 --wait
                    ./dhara get user u1 --groups activity
                    ./dhara down"""
                .formatted(
                        endpoints.serving(),
                        endpoints.servingAdmin(),
                        endpoints.kafka(),
                        endpoints.redis(),
                        endpoints.cql(),
                        endpoints.flink(),
                        endpoints.registry(),
                        endpoints.pid());
    }
}
