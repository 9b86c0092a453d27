package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.sessionizer.session.CloseReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What the sessionizing operator counts, in the group {@code dhara}. */
public final class SessionizerMetrics {
    /** Events that came more than once, where it was noticed. */
    public final Counter duplicates;

    /** Events that came after their time. */
    public final Counter late;

    /** Events not after their user's erasure. */
    public final Counter erased;

    /** Users that went from no pending event to one. */
    public final Counter sessionsOpened;

    /** Late events of sessions in which the cold tier found nothing new. */
    final Counter replayed;

    final Counter hotAdds;
    final Counter loads;
    final Counter refusedLoads;
    final Counter incompleteLoads;
    final Counter rebuilds;
    final Counter retries;
    final Counter coldUpdates;

    /** Interactions that the cold tier did not have before. */
    final Counter coldInteractions;

    final Counter trimmed;
    final Counter corruptBlocks;
    final Counter erasures;
    private final MetricGroup group;
    private final Map<CloseReason, Counter> flushed = new EnumMap<>(CloseReason.class);

    public SessionizerMetrics(MetricGroup operator) {
        group = operator.addGroup("dhara");
        duplicates = group.counter("duplicateEvents");
        late = group.counter("lateEvents");
        erased = group.counter("erasedEvents");
        sessionsOpened = group.counter("sessionsOpened");
        replayed = group.counter("replayedEvents");
        hotAdds = group.counter("hotAdds");
        loads = group.counter("historyLoads");
        refusedLoads = group.counter("historyLoadsRefused");
        incompleteLoads = group.counter("historyLoadsIncomplete");
        rebuilds = group.counter("hotTierRebuilds");
        retries = group.counter("tierRetries");
        coldUpdates = group.counter("coldUpdates");
        coldInteractions = group.counter("coldInteractions");
        trimmed = group.counter("trimmedInteractions");
        corruptBlocks = group.counter("corruptBlocksReplaced");
        erasures = group.counter("usersErased");
        for (CloseReason reason : CloseReason.values()) {
            flushed.put(
                    reason,
                    group.addGroup("reason", reason.name().toLowerCase(Locale.ROOT))
                            .counter("sessionsFlushed"));
        }
    }

    /** How many users have an open session; read by reporters too. */
    public void showOpenSessions(IntSupplier count) {
        group.gauge("openSessions", (Gauge<Integer>) count::getAsInt);
    }

    Counter flushed(CloseReason reason) {
        return requireNonNull(flushed.get(reason), "counter is null");
    }
}
