package io.dhara.serving.feature;

import io.dhara.core.psdb.PsdbBlock;

/** What building an answer needs and the next one reuses; one per thread. */
final class Scratch {
    private static final ThreadLocal<Scratch> PER_THREAD = ThreadLocal.withInitial(Scratch::new);

    final PsdbBlock block = new PsdbBlock();
    final WireBuffer cells = new WireBuffer();
    final CellBytes copier = new CellBytes();

    /** The calling thread's, emptied. */
    static Scratch take(int maxBytes) {
        Scratch scratch = PER_THREAD.get();
        scratch.cells.reset(maxBytes);
        return scratch;
    }
}
