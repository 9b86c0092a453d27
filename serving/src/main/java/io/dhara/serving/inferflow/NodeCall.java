package io.dhara.serving.inferflow;

import io.dhara.graph.GraphPlan;
import io.dhara.serving.grpc.CallerContext;
import java.time.Instant;

/**
 * One attempt of one node.
 *
 * @param rows to fill, ascending; those for which the node's condition holds
 * @param deadline of this attempt, by the serving clock: never later than the call's
 * @param trackingId of the request, or empty
 * @param gate closed once the attempt is over; what is written after an asynchronous answer goes
 *     through it
 */
public record NodeCall(
        GraphPlan plan,
        CallerContext caller,
        String trackingId,
        int[] rows,
        Instant deadline,
        WriteGate gate) {

    /**
     * Runs the writes into the matrix, unless the attempt is over; see {@link WriteGate#write}.
     *
     * @return whether they were run
     */
    public boolean write(Runnable writes) {
        return gate.write(writes);
    }
}
