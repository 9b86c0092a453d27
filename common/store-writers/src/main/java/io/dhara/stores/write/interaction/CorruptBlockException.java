package io.dhara.stores.write.interaction;

import java.util.List;

/**
 * A flush met blocks that cannot be decoded; nothing was written. It will meet them again until the
 * cells are repaired, or until it is told to replace them.
 */
public final class CorruptBlockException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<CorruptBlock> blocks;

    public CorruptBlockException(List<CorruptBlock> blocks) {
        super("cannot decode " + blocks + ": repair the cells, or have them replaced");
        this.blocks = List.copyOf(blocks);
    }

    /** All that the flush met, at least one. */
    public List<CorruptBlock> blocks() {
        return blocks;
    }
}
