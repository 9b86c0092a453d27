package io.dhara.serving.feature;

import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.grpc.Metadata;
import java.util.List;

/**
 * How many rows of a compatible answer hold defaults because something failed, which its wire
 * format cannot show. A row counts once for each cause that it has.
 *
 * @param storeErrors rows with a group whose store failed
 * @param late rows with a group whose store was late
 * @param corrupt rows with a value that does not decode
 */
record Degradation(int storeErrors, int late, int corrupt) {
    /** Trailer, for example {@code store-error;rows=3, corrupt;rows=1}. Absent when all is well. */
    static final Metadata.Key<String> TRAILER =
            Metadata.Key.of("dhara-degraded", Metadata.ASCII_STRING_MARSHALLER);

    private static final String STORE_ERROR = "store-error";
    private static final String LATE = "deadline";
    private static final String CORRUPT = "corrupt";

    /** Every cause, as in the trailer. */
    static final List<String> CAUSES = List.of(STORE_ERROR, LATE, CORRUPT);

    /** Counts the requested rows of an answer that has been told. */
    static Degradation of(Answer answer) {
        int keys = answer.keys().distinct().size();
        boolean[] failed = new boolean[keys];
        boolean[] late = new boolean[keys];
        for (int key = 0; key < keys; key++) {
            for (Group group : answer.plan().groups()) {
                GroupRead.Outcome outcome = answer.read(key, group).outcome();
                failed[key] |= outcome == GroupRead.Outcome.STORE_ERROR;
                late[key] |= outcome == GroupRead.Outcome.LATE;
            }
        }
        int failedRows = 0;
        int lateRows = 0;
        int corruptRows = 0;
        for (int key : answer.keys().rows()) {
            failedRows += failed[key] ? 1 : 0;
            lateRows += late[key] ? 1 : 0;
            corruptRows += answer.isCorrupt(key) ? 1 : 0;
        }
        return new Degradation(failedRows, lateRows, corruptRows);
    }

    boolean isNone() {
        return storeErrors + late + corrupt == 0;
    }

    void count(ReadMeters meters) {
        count(meters, STORE_ERROR, storeErrors);
        count(meters, LATE, late);
        count(meters, CORRUPT, corrupt);
    }

    private static void count(ReadMeters meters, String cause, int rows) {
        if (rows > 0) {
            meters.degradedRows(cause, rows);
        }
    }

    /**
     * @throws ServingException if a store failed or was late
     */
    void throwIfStoreFailed() {
        if (storeErrors > 0) {
            throw new ServingException(
                    Kind.UNAVAILABLE, "a store failed for " + storeErrors + " rows; try again");
        }
        if (late > 0) {
            throw new ServingException(
                    Kind.DEADLINE, "a store did not answer in time for " + late + " rows");
        }
    }

    String trailer() {
        StringBuilder text = new StringBuilder();
        append(text, STORE_ERROR, storeErrors);
        append(text, LATE, late);
        append(text, CORRUPT, corrupt);
        return text.toString();
    }

    private static void append(StringBuilder text, String cause, int rows) {
        if (rows > 0) {
            text.append(text.isEmpty() ? "" : ", ").append(cause).append(";rows=").append(rows);
        }
    }
}
