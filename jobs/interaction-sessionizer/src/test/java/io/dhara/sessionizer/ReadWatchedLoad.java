package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import java.util.List;
import java.util.Map;

/** Live events, the oracle of what must come of them, and a reader that watches all the time. */
record ReadWatchedLoad(SessionOracle oracle, LiveLoad events, ReadWatch watch)
        implements AutoCloseable {

    /** As many users as the reader visits in a few seconds. */
    private static final int WATCHED = 40;

    static ReadWatchedLoad start(SessionBed bed, long seed) {
        SessionOracle oracle = new SessionOracle();
        LiveLoad events = new LiveLoad(bed, oracle, seed);
        return new ReadWatchedLoad(
                oracle, events, new ReadWatch(bed.tiers(), () -> newest(events.users()), oracle));
    }

    private static List<String> newest(List<String> users) {
        return users.subList(Math.max(0, users.size() - WATCHED), users.size());
    }

    /** Every session is over, the cold tier has everything once and the hot tier has nothing. */
    void assertAllInColdTier(SessionBed bed) {
        assertThat(events.failure()).isNull();
        assertThat(events.isThrough()).isTrue();
        assertThat(bed.hotKeys()).isEmpty();
        Map<String, Map<String, List<Interaction>>> expected = oracle.histories();
        SessionChecks.assertSame(bed.tiers().blocks(), expected);
        SessionChecks.assertSame(bed.tiers().cold(oracle.byUser().keySet()), expected);
    }

    @Override
    public void close() throws InterruptedException {
        events.close();
        watch.close();
    }
}
