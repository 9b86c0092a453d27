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
import java.util.concurrent.TimeoutException;
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

    synchronized <T> CompletionStage<T> pass(
            String step, String what, Supplier<CompletionStage<T>> effect) {
        calls.add(what.isEmpty() ? step : step + " " + what);
        if (failing.getOrDefault(step, 0) > 0) {
            failing.merge(step, -1, Integer::sum);
            return CompletableFuture.failedFuture(new IllegalStateException(step + " fails"));
        }
        if (losing.getOrDefault(step, 0) > 0) {
            losing.merge(step, -1, Integer::sum);
            return done(effect)
                    .thenCompose(
                            done ->
                                    CompletableFuture.failedFuture(
                                            new TimeoutException(step + " got no answer")));
        }
        if (held.contains(step)) {
            CompletableFuture<T> later = new CompletableFuture<>();
            waiting.add(
                    new Held(
                            step,
                            () ->
                                    done(effect)
                                            .whenComplete(
                                                    (result, failure) -> {
                                                        if (failure == null) {
                                                            later.complete(result);
                                                        } else {
                                                            later.completeExceptionally(failure);
                                                        }
                                                    })));
            notifyAll();
            return later;
        }
        return done(effect);
    }

    private static <T> CompletionStage<T> done(Supplier<CompletionStage<T>> effect) {
        try {
            return effect.get();
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Calls of this step wait from now on. */
    public synchronized void hold(String step) {
        held.add(step);
    }

    /** Writes something down among the calls. */
    public synchronized void note(String what) {
        calls.add(what);
    }

    /** As {@link #release}, for every step. */
    public void open() {
        List<String> steps = List.copyOf(held);
        steps.forEach(this::release);
        Set.copyOf(waiting.stream().map(Held::step).toList()).forEach(this::release);
    }

    /** Calls that waited never have an effect, and those that come do not wait. */
    public synchronized void forgetHeld() {
        held.clear();
        waiting.clear();
    }

    /** No call fails any more. */
    public synchronized void recover() {
        failing.clear();
        losing.clear();
    }

    /** Waits until so many calls of this step wait. */
    synchronized void awaitWaiting(String step, int count) throws InterruptedException {
        while (waiting(step) < count) {
            wait();
        }
    }

    /** Calls of this step that waited have their effect now, and those that come do not wait. */
    public void release(String step) {
        List<Held> released;
        synchronized (this) {
            held.remove(step);
            released = waiting.stream().filter(one -> one.step().equals(step)).toList();
            waiting.removeAll(released);
        }
        released.forEach(one -> one.release().run());
    }

    public synchronized int waiting(String step) {
        return (int) waiting.stream().filter(one -> one.step().equals(step)).count();
    }

    /** The next calls of this step fail without effect. */
    public synchronized void fail(String step, int times) {
        failing.put(step, times);
    }

    /** The next calls of this step have their effect, and fail. */
    public synchronized void loseAnswers(String step, int times) {
        losing.put(step, times);
    }

    /** What was called, of the steps given, in order; all that was if none is given. */
    public synchronized List<String> calls(String... steps) {
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

    public synchronized void forgetCalls() {
        calls.clear();
    }
}
