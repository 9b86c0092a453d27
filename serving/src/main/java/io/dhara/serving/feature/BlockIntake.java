package io.dhara.serving.feature;

import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.PsdbFormat;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.stores.read.StoredBlock;

/**
 * Turns what a store answered into reads: looks at each block's header once, and decompresses what
 * the cache will hold. Thread-safe.
 */
final class BlockIntake {
    private final ThreadLocal<PsdbBlock> views = ThreadLocal.withInitial(PsdbBlock::new);

    GroupRead take(Group group, StoredBlock stored) {
        byte[] block = stored.block();
        if (block == null || block.length == 0) {
            return GroupRead.ABSENT;
        }
        PsdbBlock view = views.get();
        try {
            view.wrap(block, 0, block.length);
            long writeTime = stored.writeTimeMicros();
            if (writeTime == 0 && view.layoutVersion() == PsdbFormat.LAYOUT_2) {
                writeTime = view.eventTimeMicros();
            }
            SchemaVersion version = group.schema().version(view.schemaVersion());
            if (group.inMemory() && view.isCompressed() && version != null) {
                view.open(version);
                block = new byte[view.uncompressedLength()];
                view.copyUncompressed(block, 0);
            }
            return GroupRead.stored(
                    block, writeTime, view.schemaVersion(), view.expiryEpochSeconds());
        } catch (PsdbFormatException e) {
            return GroupRead.CORRUPT;
        }
    }
}
