package io.dhara.graph.config;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An order of nodes in which all that a node waits for stand before it, and what can be reached
 * from what. Nodes are numbers in the order written.
 */
final class NodeOrder {
    private final List<BitSet> waitsFor;
    private final int[] order;
    private final List<BitSet> ancestors;

    private NodeOrder(List<BitSet> waitsFor, int[] order, List<BitSet> ancestors) {
        this.waitsFor = waitsFor;
        this.order = order;
        this.ancestors = ancestors;
    }

    /** Of nodes without a cycle, the first written first; shorter than them when there is one. */
    static NodeOrder of(List<BitSet> waitsFor) {
        int count = waitsFor.size();
        BitSet placed = new BitSet(count);
        int[] order = new int[count];
        List<BitSet> ancestors = new ArrayList<>();
        IntStream.range(0, count).forEach(i -> ancestors.add(new BitSet(count)));
        int next = 0;
        for (int node = 0; node < count; ) {
            if (placed.get(node) || !isSubset(waitsFor.get(node), placed)) {
                node++;
                continue;
            }
            placed.set(node);
            order[next++] = node;
            BitSet above = ancestors.get(node);
            above.or(waitsFor.get(node));
            waitsFor.get(node).stream().forEach(i -> above.or(ancestors.get(i)));
            node = 0;
        }
        return new NodeOrder(waitsFor, java.util.Arrays.copyOf(order, next), ancestors);
    }

    /** The order; complete when there is no cycle. */
    int[] order() {
        return order;
    }

    boolean hasCycle() {
        return order.length < waitsFor.size();
    }

    /** Whether the first has ended whenever the second starts. */
    boolean isBefore(int first, int second) {
        return ancestors.get(second).get(first);
    }

    /** One cycle: each node waits for the one after it, and the last for the first. */
    List<Integer> cycle() {
        BitSet left = new BitSet(waitsFor.size());
        left.set(0, waitsFor.size());
        IntStream.of(order).forEach(left::clear);
        List<Integer> path = new ArrayList<>();
        int node = left.nextSetBit(0);
        while (!path.contains(node)) {
            path.add(node);
            BitSet stuck = (BitSet) waitsFor.get(node).clone();
            stuck.and(left);
            node = stuck.nextSetBit(0);
        }
        return path.subList(path.indexOf(node), path.size());
    }

    private static boolean isSubset(BitSet set, BitSet of) {
        BitSet missing = (BitSet) set.clone();
        missing.andNot(of);
        return missing.isEmpty();
    }
}
