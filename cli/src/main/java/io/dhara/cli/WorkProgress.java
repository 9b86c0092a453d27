package io.dhara.cli;

import io.dhara.localstack.PhaseTimes;
import io.dhara.localstack.demo.DemoProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows on standard error what a long command is at: a bar on a terminal, else a line for each
 * phase that has ended.
 */
final class WorkProgress implements DemoProgress, PhaseTimes.Listener {
    private static final int BAR_WIDTH = 78;
    private static final int UPDATE_MILLIS = 200;

    private final PrintStream err;
    private final boolean terminal;
    private @Nullable ProgressBar bar;

    WorkProgress(PrintStream err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** On standard error; with a bar when a person is there to see it. */
    static WorkProgress onStandardError() {
        return new WorkProgress(System.err, System.console() != null);
    }

    @Override
    public synchronized void begin(String phase, long total) {
        if (terminal) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(phase)
                            .setInitialMax(total)
                            .setStyle(ProgressBarStyle.ASCII)
                            .setUpdateIntervalMillis(UPDATE_MILLIS)
                            .setConsumer(new ConsoleProgressBarConsumer(err, BAR_WIDTH))
                            .clearDisplayOnFinish()
                            .build();
        }
    }

    @Override
    public synchronized void done(long steps) {
        if (bar != null) {
            bar.stepTo(steps);
        }
    }

    @Override
    public synchronized void end() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    @Override
    public synchronized void ended(String phase, Duration took) {
        end();
        err.printf(Locale.ROOT, "  %-14s %6.1f s%n", phase, took.toMillis() / 1000.0);
    }
}
