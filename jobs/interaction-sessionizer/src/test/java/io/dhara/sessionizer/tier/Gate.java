package io.dhara.sessionizer.tier;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Lets calls of the manual tiers through, in order, and writes them down. A call's effect comes
 * when it is let through; one that is held has none until then.
 */
public final class Gate {
    private record Held(String step, Runnable release) {}

    private final List<String> calls = new ArrayList<>();
    private final Set<String> held = new HashSet<>();
    private final Map<String, Integer> failing = new HashMap<>();
    private final Map<String, Integer> losing = new HashMap<>();
    private final Deque<Held> waiting = new ArrayDeque<>();

    <T> CompletionStage<T> pass(String step, String what, Supplier<CompletionStage<T>> effect) {
        calls.add(what.isEmpty() ? step : step + " " + what);
        if (failing.getOrDefault(step, 0) > 0) {
            failing.merge(step, -1, Integer::sum);
            return CompletableFuture.failedFuture(new IllegalStateException(step + " fails"));
        }
        if (losing.getOrDefault(step, 0) > 0) {
            losing.merge(step, -1, Integer::sum);
            return effect.get()
                    .thenCompose(
                            done ->
                                    CompletableFuture.failedFuture(
                                            new IllegalStateException(step + " got no answer")));
        }
        if (held.contains(step)) {
            CompletableFuture<T> later = new CompletableFuture<>();
            waiting.add(
                    new Held(
                            step,
                            () ->
                                    effect.get()
                                            .whenComplete(
                                                    (result, failure) -> {
                                                        if (failure == null) {
                                                            later.complete(result);
                                                        } else {
                                                            later.completeExceptionally(failure);
                                                        }
                                                    })));
            return later;
        }
        return effect.get();
    }

    /** Calls of this step wait from now on. */
    public void hold(String step) {
        held.add(step);
    }

    /** Calls of this step that waited have their effect now, and those that come do not wait. */
    public void release(String step) {
        held.remove(step);
        List<Held> all = List.copyOf(waiting);
        waiting.removeIf(one -> one.step().equals(step));
        all.stream().filter(one -> one.step().equals(step)).forEach(one -> one.release().run());
    }

    public int waiting(String step) {
        return (int) waiting.stream().filter(one -> one.step().equals(step)).count();
    }

    /** The next calls of this step fail without effect. */
    public void fail(String step, int times) {
        failing.put(step, times);
    }

    /** The next calls of this step have their effect, and fail. */
    public void loseAnswers(String step, int times) {
        losing.put(step, times);
    }

    /** What was called, of the steps given, in order; all that was if none is given. */
    public List<String> calls(String... steps) {
        return calls.stream()
                .filter(
                        call -> {
                            for (String step : steps) {
                                if (call.equals(step) || call.startsWith(step + " ")) {
                                    return true;
                                }
                            }
                            return steps.length == 0;
                        })
                .toList();
    }

    public int count(String step) {
        return calls(step).size();
    }

    public void forgetCalls() {
        calls.clear();
    }
}
