package io.dhara.flink.sink;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * A task whose mails and timers run on the test's thread and whose clock moves only by hand, or in
 * {@link #yield()}: where a real task would sleep until its next timer, the clock jumps there. With
 * nothing to run and no timer the task would sleep for ever, so yield fails.
 */
final class ManualTask implements WriterInitContext, MailboxExecutor, ProcessingTimeService {
    private record Timer(
            long instant, long order, ProcessingTimeCallback callback, Handle handle) {}

    private static final class Handle extends CompletableFuture<Void>
            implements ScheduledFuture<Void> {
        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }

    /** Keeps what is registered, by name with its group before it. */
    private static final class Metrics extends UnregisteredMetricsGroup
            implements SinkWriterMetricGroup {
        final String prefix;
        final Map<String, Object> registered;

        Metrics(String prefix, Map<String, Object> registered) {
            this.prefix = prefix;
            this.registered = registered;
        }

        @Override
        public Counter counter(String name) {
            return counter(name, new SimpleCounter());
        }

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            registered.put(prefix + name, counter);
            return counter;
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            registered.put(prefix + name, gauge);
            return gauge;
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new Metrics(prefix + key + "." + value + ".", registered);
        }

        @Override
        public OperatorIOMetricGroup getIOMetricGroup() {
            return createOperatorIOMetricGroup();
        }

        @Override
        public Counter getNumRecordsOutErrorsCounter() {
            return counter("numRecordsOutErrors");
        }

        @Override
        public Counter getNumRecordsSendErrorsCounter() {
            return counter("numRecordsSendErrors");
        }

        @Override
        public Counter getNumRecordsSendCounter() {
            return counter("numRecordsSend");
        }

        @Override
        public Counter getNumBytesSendCounter() {
            return counter("numBytesSend");
        }

        @Override
        public void setCurrentSendTimeGauge(Gauge<Long> gauge) {
            gauge("currentSendTime", gauge);
        }
    }

    private final Deque<ThrowingRunnable<? extends Exception>> mails = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(
                    Comparator.comparingLong(Timer::instant).thenComparingLong(Timer::order));
    private final Map<String, Object> metrics = new HashMap<>();
    private final SinkWriterMetricGroup metricGroup = new Metrics("", metrics);
    private long nowMillis = 1_700_000_000_000L;
    private long timersRegistered;
    private boolean ended;

    long counter(String name) {
        return ((Counter) metrics.get(name)).getCount();
    }

    Object gauge(String name) {
        return ((Gauge<?>) metrics.get(name)).getValue();
    }

    /** Runs what is due, timers and mails, until nothing is. */
    void runDue() throws Exception {
        while (runMail() || runTimer(nowMillis)) {
            continue;
        }
    }

    /** Moves the clock step by step over all timers in between. */
    void advance(long millis) throws Exception {
        long end = nowMillis + millis;
        runDue();
        while (!timers.isEmpty() && timers.peek().instant() <= end) {
            nowMillis = Math.max(nowMillis, timers.peek().instant());
            runDue();
        }
        nowMillis = end;
    }

    /** From now on the mailbox takes nothing, as after the task has ended. */
    void end() {
        ended = true;
    }

    /** Runs the oldest mail; false if there is none. */
    boolean runMail() throws Exception {
        ThrowingRunnable<? extends Exception> mail;
        synchronized (mails) {
            mail = mails.poll();
        }
        if (mail == null) {
            return false;
        }
        mail.run();
        return true;
    }

    private boolean runTimer(long until) throws Exception {
        while (!timers.isEmpty() && timers.peek().handle().isCancelled()) {
            timers.remove();
        }
        if (timers.isEmpty() || timers.peek().instant() > until) {
            return false;
        }
        Timer timer = timers.remove();
        nowMillis = Math.max(nowMillis, timer.instant());
        timer.callback().onProcessingTime(timer.instant());
        return true;
    }

    @Override
    public void yield() {
        try {
            if (!runMail() && !runTimer(Long.MAX_VALUE)) {
                throw new AssertionError("the task would sleep for ever");
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean tryYield() {
        throw new UnsupportedOperationException("not used by the sink");
    }

    @Override
    public boolean shouldInterrupt() {
        return false;
    }

    @Override
    public void execute(
            MailOptions options,
            ThrowingRunnable<? extends Exception> mail,
            String format,
            Object... arguments) {
        if (ended) {
            throw new RejectedExecutionException("the mailbox is closed");
        }
        synchronized (mails) {
            mails.add(mail);
        }
    }

    @Override
    public long getCurrentProcessingTime() {
        return nowMillis;
    }

    @Override
    public ScheduledFuture<?> registerTimer(long instant, ProcessingTimeCallback callback) {
        Handle handle = new Handle();
        timers.add(new Timer(instant, timersRegistered++, callback, handle));
        return handle;
    }

    @Override
    public MailboxExecutor getMailboxExecutor() {
        return this;
    }

    @Override
    public ProcessingTimeService getProcessingTimeService() {
        return this;
    }

    @Override
    public SinkWriterMetricGroup metricGroup() {
        return metricGroup;
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
        throw new UnsupportedOperationException("not used by the sink");
    }

    @Override
    public SerializationSchema.InitializationContext asSerializationSchemaInitializationContext() {
        throw new UnsupportedOperationException("not used by the sink");
    }

    @Override
    public boolean isObjectReuseEnabled() {
        return true;
    }

    @Override
    public <IN> TypeSerializer<IN> createInputSerializer() {
        throw new UnsupportedOperationException("not used by the sink");
    }

    @Override
    public OptionalLong getRestoredCheckpointId() {
        return OptionalLong.empty();
    }

    @Override
    public JobInfo getJobInfo() {
        throw new UnsupportedOperationException("not used by the sink");
    }

    @Override
    public TaskInfo getTaskInfo() {
        throw new UnsupportedOperationException("not used by the sink");
    }
}
