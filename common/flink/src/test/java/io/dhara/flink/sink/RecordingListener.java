package io.dhara.flink.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Remembers what was settled; acknowledges at once, or when the test says. */
final class RecordingListener implements WriteListener {
    final List<SettledWrite> settled = new ArrayList<>();
    final List<CompletableFuture<Void>> open = new ArrayList<>();
    private boolean holds;
    private boolean closed;

    static RecordingListener acknowledging() {
        return new RecordingListener();
    }

    /** Acknowledges when the test completes {@link #open}. */
    static RecordingListener holding() {
        RecordingListener listener = new RecordingListener();
        listener.holds = true;
        return listener;
    }

    void nowAcknowledges() {
        holds = false;
    }

    boolean isClosed() {
        return closed;
    }

    List<String> users(SettledWrite.Outcome outcome) {
        return settled.stream()
                .filter(write -> write.outcome() == outcome)
                .map(write -> Rows.userOf(write.pending()))
                .toList();
    }

    @Override
    public CompletionStage<Void> settled(List<SettledWrite> writes) {
        settled.addAll(writes);
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        if (holds) {
            open.add(acknowledged);
        } else {
            acknowledged.complete(null);
        }
        return acknowledged;
    }

    @Override
    public void close() {
        closed = true;
    }
}
