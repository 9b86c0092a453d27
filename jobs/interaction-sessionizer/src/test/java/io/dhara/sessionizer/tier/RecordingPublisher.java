package io.dhara.sessionizer.tier;

import io.dhara.proto.v1.SessionRecord;
import io.dhara.stores.write.interaction.CorruptBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps what is published; a {@link Gate} decides what answers. */
public final class RecordingPublisher implements SessionPublisher {
    private final Gate gate;
    private final List<SessionRecord> records = new ArrayList<>();
    private final List<CorruptBlock> blocks = new ArrayList<>();

    public RecordingPublisher(Gate gate) {
        this.gate = gate;
    }

    public List<SessionRecord> records() {
        return List.copyOf(records);
    }

    public List<CorruptBlock> blocks() {
        return List.copyOf(blocks);
    }

    @Override
    public CompletionStage<Void> publish(List<SessionRecord> parts) {
        return gate.pass(
                "publish",
                parts.get(0).getUserId(),
                () -> {
                    records.addAll(parts);
                    return CompletableFuture.completedFuture(null);
                });
    }

    @Override
    public CompletionStage<Void> putAside(String userId, List<CorruptBlock> corrupt) {
        return gate.pass(
                "putAside",
                userId,
                () -> {
                    blocks.addAll(corrupt);
                    return CompletableFuture.completedFuture(null);
                });
    }

    @Override
    public void close() {}
}
