package io.dhara.graph.config;

import static io.dhara.graph.config.NodeCompiler.part;

import io.dhara.graph.GraphNode;
import io.dhara.graph.PlanColumn;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each node waits for, orders them and gives them their places. Where a component
 * lists what it waits for, that list must lead to everything that fills what it reads; where it
 * does not, it waits for exactly that.
 */
final class NodeLinker {
    private final Findings findings;
    private final ColumnTable columns;
    private final Set<String> endedBefore;

    /**
     * @param endedBefore names of components of another matrix that have all ended by then
     */
    NodeLinker(Findings findings, ColumnTable columns, Set<String> endedBefore) {
        this.findings = findings;
        this.columns = columns;
        this.endedBefore = endedBefore;
    }

    /**
     * Tells of cycles and missing dependencies.
     *
     * @param drafts one per component; null where it was refused
     * @return the nodes in order; empty when there is a cycle or a component was refused
     */
    List<GraphNode> link(
            List<ComponentDefinition> components, List<? extends @Nullable NodeDraft> drafts) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < components.size(); i++) {
            places.putIfAbsent(components.get(i).head().name(), i);
        }
        List<BitSet> waitsFor = new ArrayList<>();
        for (int i = 0; i < components.size(); i++) {
            waitsFor.add(waitsFor(components.get(i), drafts.get(i), places));
        }
        letRowsComeFirst(drafts, waitsFor);
        NodeOrder order = NodeOrder.of(waitsFor);
        if (order.hasCycle()) {
            reportCycle(components, order.cycle());
            return List.of();
        }
        for (int i = 0; i < components.size(); i++) {
            checkReads(components.get(i), i, drafts.get(i), places, order);
        }
        return drafts.contains(null) ? List.of() : nodes(drafts, waitsFor, order.order());
    }

    private BitSet waitsFor(
            ComponentDefinition component, @Nullable NodeDraft draft, Map<String, Integer> places) {
        BitSet waitsFor = new BitSet();
        List<String> after = component.head().after();
        if (after == null) {
            if (draft != null) {
                draft.waitsOn().stream()
                        .mapToObj(index -> places.get(columns.producer(columns.at(index))))
                        .filter(place -> place != null)
                        .forEach(waitsFor::set);
            }
            return waitsFor;
        }
        for (String name : after) {
            Integer place = places.get(name);
            if (place != null) {
                waitsFor.set(place);
            } else if (!endedBefore.contains(name)) {
                findings.problem(
                        part(component),
                        "waits for "
                                + name
                                + ", which is no component of its matrix: they are "
                                + places.keySet().stream().sorted().toList());
            }
        }
        return waitsFor;
    }

    private static void letRowsComeFirst(
            List<? extends @Nullable NodeDraft> drafts, List<BitSet> waitsFor) {
        for (int first = 0; first < drafts.size(); first++) {
            NodeDraft draft = drafts.get(first);
            if (draft != null && draft.first()) {
                waitsFor.get(first).clear();
                for (int i = 0; i < drafts.size(); i++) {
                    waitsFor.get(i).set(first, i != first);
                }
            }
        }
    }

    private void reportCycle(List<ComponentDefinition> components, List<Integer> cycle) {
        List<String> names =
                new ArrayList<>(
                        cycle.stream().map(place -> components.get(place).head().name()).toList());
        names.add(names.get(0));
        findings.problem(
                part(components.get(cycle.get(0))),
                "waits for itself: " + String.join(" waits for ", names) + "; break the circle");
    }

    private void checkReads(
            ComponentDefinition component,
            int place,
            @Nullable NodeDraft draft,
            Map<String, Integer> places,
            NodeOrder order) {
        if (draft == null) {
            return;
        }
        for (int index : draft.waitsOn().stream().toArray()) {
            PlanColumn column = columns.at(index);
            String producer = columns.producer(column);
            Integer filledBy = places.get(producer);
            if (filledBy != null && !order.isBefore(filledBy, place)) {
                findings.problem(
                        part(component),
                        "reads column "
                                + column.name()
                                + ", which "
                                + producer
                                + " fills, and does not wait for it: add "
                                + producer
                                + " to what it waits for");
            }
        }
    }

    private static List<GraphNode> nodes(
            List<? extends @Nullable NodeDraft> drafts, List<BitSet> waitsFor, int[] order) {
        int[] position = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            position[order[i]] = i;
        }
        List<GraphNode> nodes = new ArrayList<>();
        for (int i = 0; i < order.length; i++) {
            NodeDraft draft = drafts.get(order[i]);
            ComponentDefinition.Head head = draft.definition().head();
            IntStream waits = waitsFor.get(order[i]).stream().map(place -> position[place]);
            nodes.add(
                    draft.build()
                            .apply(
                                    new GraphNode.Head(
                                            i,
                                            head.name(),
                                            waits.sorted().toArray(),
                                            draft.reads().stream().toArray(),
                                            draft.produces(),
                                            head.policy(),
                                            draft.condition())));
        }
        return nodes;
    }
}
