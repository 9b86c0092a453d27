package io.dhara.stores.write.scylla;

import io.dhara.stores.scylla.CqlNames;
import io.dhara.stores.scylla.WeekTables;

/**
 * The one update of a table: all its week columns, of which a flush sets some and leaves the others
 * unset; an unset column is not touched. An update, not an insert: it leaves no row marker, so a
 * row whose cells have all expired is gone.
 *
 * @param table of blocks or of counts
 * @param first slot of the table
 * @param last slot of the table
 */
record WeekUpdate(String table, int first, int last) {
    static final int TTL_POSITION = 0;
    static final int WRITE_TIME_POSITION = 1;
    private static final int FIRST_COLUMN_POSITION = 2;

    String cql(String keyspace) {
        return "UPDATE "
                + CqlNames.table(keyspace, table)
                + " USING TTL ? AND TIMESTAMP ? SET "
                + CqlNames.bound(WeekTables.columns(first, last), ",")
                + " WHERE "
                + WeekTables.USER_COLUMN
                + "=?";
    }

    int position(int slot) {
        return FIRST_COLUMN_POSITION + slot - first;
    }

    int userPosition() {
        return position(last + 1);
    }
}
