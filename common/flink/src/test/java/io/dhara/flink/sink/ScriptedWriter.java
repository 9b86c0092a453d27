package io.dhara.flink.sink;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A store that answers as the test says and remembers every call. */
final class ScriptedWriter implements FeatureStoreWriter {
    /** A call not yet answered. */
    record Call(List<BlockWrite> writes, CompletableFuture<List<Outcome>> answer) {
        void answer(Outcome outcome) {
            answer.complete(writes.stream().map(write -> outcome).toList());
        }
    }

    static final Outcome RETRY = new Outcome(Result.RETRY, "away");
    static final Outcome REFUSED = new Outcome(Result.REFUSED, "no such column");

    final List<List<BlockWrite>> calls = new ArrayList<>();
    final List<Call> hanging = new ArrayList<>();
    private Function<BlockWrite, Outcome> script;
    private boolean hangs;
    private int closes;

    private ScriptedWriter(Function<BlockWrite, Outcome> script) {
        this.script = script;
    }

    /** Answers each write at once. */
    static ScriptedWriter answering(Function<BlockWrite, Outcome> script) {
        return new ScriptedWriter(script);
    }

    static ScriptedWriter applying() {
        return answering(write -> Outcome.APPLIED);
    }

    /** Answers nothing until the test completes {@link #hanging}. */
    static ScriptedWriter hanging() {
        ScriptedWriter writer = applying();
        writer.hangs = true;
        return writer;
    }

    void nowAnswers(Function<BlockWrite, Outcome> next) {
        script = next;
        hangs = false;
    }

    int closes() {
        return closes;
    }

    @Override
    public CompletionStage<List<Outcome>> write(SchemaSnapshot snapshot, List<BlockWrite> writes) {
        calls.add(writes);
        if (hangs) {
            Call call = new Call(writes, new CompletableFuture<>());
            hanging.add(call);
            return call.answer();
        }
        return CompletableFuture.completedFuture(writes.stream().map(script).toList());
    }

    @Override
    public void close() {
        closes++;
    }
}
