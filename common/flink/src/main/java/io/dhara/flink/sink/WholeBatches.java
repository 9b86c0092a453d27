package io.dhara.flink.sink;

import org.apache.flink.connector.base.sink.writer.strategy.RateLimitingStrategy;
import org.apache.flink.connector.base.sink.writer.strategy.RequestInfo;
import org.apache.flink.connector.base.sink.writer.strategy.ResultInfo;

/**
 * Lets Flink's buffer go as soon as it holds one announced batch. Limits nothing itself: what may
 * leave is decided by the {@link StoreLane}s.
 */
final class WholeBatches implements RateLimitingStrategy {
    private int batchRows = Integer.MAX_VALUE;

    /** Announces that the next {@code rows} entries are one batch. */
    void expect(int rows) {
        batchRows = rows;
    }

    @Override
    public void registerInFlightRequest(RequestInfo request) {}

    @Override
    public void registerCompletedRequest(ResultInfo result) {}

    @Override
    public boolean shouldBlock(RequestInfo request) {
        return false;
    }

    @Override
    public int getMaxBatchSize() {
        return batchRows;
    }
}
