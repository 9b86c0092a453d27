package io.dhara.flink.sink;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.write.BlockWrite;
import java.util.List;

/** Builds writes for tests. */
final class Rows {
    static final String STORE = "1";
    private static final int BLOCK_BYTES = 16;

    private Rows() {}

    /** A write of group 1 of this user. */
    static PendingWrite row(String user) {
        return row(user, 1, STORE, 1_700_000_000_000_000L);
    }

    static PendingWrite row(String user, int groupId, String storeId, long writeTimeMicros) {
        return new PendingWrite(
                new BlockWrite(
                        new EntityKey("user", List.of(user)),
                        "g" + groupId,
                        groupId,
                        storeId,
                        writeTimeMicros,
                        0,
                        new byte[BLOCK_BYTES]),
                new SourcePosition("features", 0, writeTimeMicros % 1_000),
                List.of());
    }

    static String userOf(PendingWrite row) {
        return row.write().key().values().get(0);
    }
}
