package io.dhara.stores.read;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store's answer for one key: a block per asked group, in the order asked, or the reason why the
 * key could not be read.
 *
 * @param blocks one per group, in the order of the request; empty when {@code failure} is set
 * @param failure why this key could not be read; null when it was
 */
public record StoredRow(List<StoredBlock> blocks, @Nullable StoreReadException failure) {

    public static StoredRow of(List<StoredBlock> blocks) {
        return new StoredRow(blocks, null);
    }

    public static StoredRow failed(StoreReadException failure) {
        return new StoredRow(List.of(), failure);
    }
}
