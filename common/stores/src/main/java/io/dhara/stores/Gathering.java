package io.dhara.stores;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * A list filled in by any threads in any order; its stage completes with the last element. An
 * element is set once: what comes later for it is dropped.
 *
 * @param <T> element
 */
public final class Gathering<T> {
    private final AtomicReferenceArray<T> elements;
    private final AtomicInteger missing;
    private final CompletableFuture<List<T>> all = new CompletableFuture<>();

    public Gathering(int size) {
        this.elements = new AtomicReferenceArray<>(size);
        this.missing = new AtomicInteger(size);
        if (size == 0) {
            all.complete(List.of());
        }
    }

    public void set(int index, T element) {
        if (elements.compareAndSet(index, null, element) && missing.decrementAndGet() == 0) {
            all.complete(IntStream.range(0, elements.length()).mapToObj(elements::get).toList());
        }
    }

    /** Sets every element that is still missing. */
    public void setMissing(T element) {
        for (int i = 0; i < elements.length(); i++) {
            set(i, element);
        }
    }

    /** Completes on the thread that sets the last element; never exceptionally. */
    public CompletionStage<List<T>> stage() {
        return all;
    }
}
