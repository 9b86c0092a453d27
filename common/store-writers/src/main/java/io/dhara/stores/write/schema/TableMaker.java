package io.dhara.stores.write.schema;

import io.dhara.core.registry.SchemaSnapshot;
import java.util.List;

/** Makes the tables and columns that schemas name and a store lacks. */
@FunctionalInterface
public interface TableMaker {
    /** For a platform without Scylla stores. */
    TableMaker NONE = (snapshot, confId) -> List.of();

    /**
     * @param confId connection whose stores are meant; others are left alone
     * @return the statements that were run
     */
    List<String> makeMissing(SchemaSnapshot snapshot, int confId);
}
