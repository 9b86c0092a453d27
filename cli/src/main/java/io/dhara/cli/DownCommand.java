package io.dhara.cli;

import io.dhara.localstack.RunningStack;
import io.dhara.localstack.StackEndpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stops a stack that {@code up} started. */
@Command(
        name = "down",
        description =
                "Stops the stack of --data-dir: the job with a savepoint, then the rest. Data stays.",
        mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
    private static final long TIMEOUT_SECONDS = 90;

    @Mixin private Output output;

    @Option(
            names = "--data-dir",
            defaultValue = ".dhara",
            paramLabel = "DIR",
            description = "Folder of the stack. Default: ${DEFAULT-VALUE}.")
    private Path dataDir;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<ProcessHandle> running = RunningStack.process(dataDir);
        if (running.isEmpty()) {
            Files.deleteIfExists(StackEndpoints.file(dataDir));
            output.result(Map.of("stopped", false), "no stack runs in " + dataDir);
            return 0;
        }
        ProcessHandle stack = running.get();
        output.say("dhara: stopping the stack in " + dataDir + ", pid " + stack.pid());
        stack.destroy();
        try {
            stack.onExit().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            stack.destroyForcibly();
            throw new CommandFailure(
                    "the stack did not stop within "
                            + TIMEOUT_SECONDS
                            + " s and was killed; it goes on from its last checkpoint when started"
                            + " again. See "
                            + dataDir.resolve("up.log"),
                    e);
        } catch (ExecutionException e) {
            throw new CommandFailure("cannot wait for pid " + stack.pid() + ": " + e, e);
        }
        output.result(
                Map.of("stopped", true, "pid", stack.pid()), "stopped; the data is in " + dataDir);
        return 0;
    }
}
