package io.dhara.serving.inferflow.scoring;

import io.dhara.core.hash.Murmur3;
import io.dhara.graph.ModelNode;
import io.dhara.graph.ModelNode.Target;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which targets a request asks. Requests with a tracking id always ask the same ones, whichever
 * server they meet; nodes and shadows are split independently of each other.
 */
final class TrafficSplit {
    private static final int WHOLE = 100;

    private final RandomGenerator random;

    /**
     * @param random for requests without a tracking id; thread-safe
     */
    TrafficSplit(RandomGenerator random) {
        this.random = random;
    }

    /** The one target whose scores are answered. */
    Target target(ModelNode node, String trackingId) {
        List<Target> targets = node.targets();
        int share = share(node.head().name(), trackingId);
        int end = 0;
        for (Target target : targets) {
            end += target.percent();
            if (share < end) {
                return target;
            }
        }
        return targets.get(targets.size() - 1);
    }

    /** Whether the request asks this shadow too. */
    boolean asks(ModelNode node, int shadow, String trackingId) {
        return share(node.head().name() + "/shadow/" + shadow, trackingId)
                < node.shadows().get(shadow).percent();
    }

    /** 0 to 99. */
    private int share(String salt, String trackingId) {
        return trackingId.isEmpty()
                ? random.nextInt(WHOLE)
                : Murmur3.percentile(salt + '\n' + trackingId);
    }
}
