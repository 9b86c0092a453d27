package io.dhara.serving.inferflow;

import io.dhara.graph.FeatureNode;
import io.dhara.graph.GraphNode;
import io.dhara.graph.NodePolicy.OnFailure;
import io.dhara.graph.RowCondition;
import io.dhara.graph.expression.Expression;
import io.dhara.graph.expression.ExpressionException;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One run of a list of nodes over a matrix: a node starts when all it waits for have ended, on the
 * thread that ended the last of them, and the run ends when all nodes have. At the deadline every
 * node that is under way is cut off and none starts.
 */
final class GraphExecution {
    private final ExecutionParts parts;
    private final List<GraphNode> nodes;
    private final FeatureMatrix matrix;
    private final int[] allRows;
    private final int[][] successors;
    private final AtomicIntegerArray pending;
    private final AtomicInteger left;
    private final AtomicReferenceArray<NodeRun> runs;
    private final @Nullable NodeReport[] reports;
    private final long[] startedNanos;
    private final AtomicBoolean watched = new AtomicBoolean();
    private final CompletableFuture<Execution> done = new CompletableFuture<>();
    private volatile boolean over;
    private volatile @Nullable Future<?> deadline;

    /**
     * @param ended reports of nodes that ended before the run, by position; others null
     */
    GraphExecution(
            ExecutionParts parts,
            List<GraphNode> nodes,
            FeatureMatrix matrix,
            @Nullable NodeReport[] ended) {
        this.parts = parts;
        this.nodes = nodes;
        this.matrix = matrix;
        this.reports = ended;
        this.allRows = new int[matrix.rows()];
        Arrays.setAll(allRows, row -> row);
        int size = nodes.size();
        this.pending = new AtomicIntegerArray(size);
        this.runs = new AtomicReferenceArray<>(size);
        this.startedNanos = new long[size];
        this.successors = new int[size][];
        int open = 0;
        List<List<Integer>> followers = new ArrayList<>(size);
        for (GraphNode node : nodes) {
            followers.add(new ArrayList<>());
            int position = node.head().position();
            for (int before : node.head().waitsFor()) {
                if (ended[before] == null) {
                    pending.incrementAndGet(position);
                    followers.get(before).add(position);
                }
            }
            open += ended[position] == null ? 1 : 0;
        }
        for (int i = 0; i < size; i++) {
            successors[i] = followers.get(i).stream().mapToInt(follower -> follower).toArray();
        }
        this.left = new AtomicInteger(open);
    }

    CompletionStage<Execution> start() {
        List<GraphNode> ready = new ArrayList<>();
        for (GraphNode node : nodes) {
            int position = node.head().position();
            if (reports[position] == null && pending.get(position) == 0) {
                ready.add(node);
            }
        }
        try {
            if (left.get() == 0) {
                finish();
            } else {
                startAll(ready);
            }
        } catch (Throwable e) {
            fail(e);
        }
        return done;
    }

    /** Starts all of them before it looks at how any of them goes. */
    private void startAll(List<GraphNode> ready) {
        List<Runnable> watches = new ArrayList<>(ready.size());
        for (GraphNode node : ready) {
            watches.add(begin(node));
        }
        watches.forEach(Runnable::run);
        if (left.get() > 0 && !done.isDone() && watched.compareAndSet(false, true)) {
            long nanos = Duration.between(parts.clock().instant(), parts.deadline()).toNanos();
            deadline = parts.timer().after(nanos, this::expire);
            if (done.isDone()) {
                cancelDeadline();
            }
        }
    }

    private Runnable begin(GraphNode node) {
        int position = node.head().position();
        startedNanos[position] = System.nanoTime() - parts.startNanos();
        if (over || parts.context().isCancelled()) {
            NodeResult late =
                    new NodeResult(Outcome.LATE, "the call was over before it started", false, 0);
            return () -> ended(node, late, 0);
        }
        int[] rows;
        try {
            rows = rowsOf(node);
        } catch (RuntimeException e) {
            return () -> fail(e);
        }
        if (rows.length == 0) {
            return () -> ended(node, new NodeResult(Outcome.SKIPPED, "", false, 0), 0);
        }
        NodeRun run =
                new NodeRun(
                        node.head().name(),
                        node.head().policy(),
                        parts.deadline(),
                        (until, gate) -> parts.run(node, matrix, rows, until, gate),
                        (result, attempts) -> ended(node, result, attempts),
                        parts.timer(),
                        parts.clock());
        runs.set(position, run);
        run.start();
        return () -> {
            run.watch();
            if (over) {
                run.cut();
            }
        };
    }

    /** Rows for which the node's condition holds; the cells of the others are marked. */
    private int[] rowsOf(GraphNode node) {
        RowCondition condition = node.head().condition();
        if (condition == null) {
            return allRows;
        }
        Expression expression = condition.expression();
        List<Expression.Variable> variables = expression.variables();
        Object[] values = new Object[variables.size()];
        int[] rows = new int[allRows.length];
        int chosen = 0;
        for (int row : allRows) {
            for (int i = 0; i < values.length; i++) {
                values[i] = CellValues.value(matrix, variables.get(i).column(), row);
            }
            CellStatus unchosen = CellStatus.SKIPPED;
            try {
                if (Boolean.TRUE.equals(expression.evaluate(Arrays.asList(values)))) {
                    rows[chosen++] = row;
                    continue;
                }
            } catch (ExpressionException e) {
                unchosen = CellStatus.NODE_FAILED;
            }
            for (int column : node.head().produces()) {
                matrix.fallBack(column, row, unchosen);
            }
        }
        return Arrays.copyOf(rows, chosen);
    }

    private void ended(GraphNode node, NodeResult result, int attempts) {
        try {
            int position = node.head().position();
            Outcome outcome = result.outcome();
            if (outcome != Outcome.OK || !(node instanceof FeatureNode)) {
                matrix.fillEmpty(
                        node.head().produces(),
                        outcome == Outcome.SKIPPED ? CellStatus.SKIPPED : CellStatus.NODE_FAILED);
            }
            long took = System.nanoTime() - parts.startNanos() - startedNanos[position];
            reports[position] =
                    new NodeReport(
                            node,
                            outcome,
                            result.message(),
                            startedNanos[position],
                            took,
                            attempts,
                            result.asked());
            boolean failed = outcome == Outcome.FAILED || outcome == Outcome.LATE;
            if (failed && node.head().policy().onFailure() == OnFailure.FAIL) {
                fail(failure(node, result));
                return;
            }
            List<GraphNode> ready = new ArrayList<>();
            for (int successor : successors[position]) {
                if (pending.decrementAndGet(successor) == 0) {
                    ready.add(nodes.get(successor));
                }
            }
            if (left.decrementAndGet() == 0) {
                finish();
            } else if (!ready.isEmpty()) {
                startAll(ready);
            }
        } catch (Throwable e) {
            fail(e); // a defect of ours: the call must not wait for ever
        }
    }

    private static ServingException failure(GraphNode node, NodeResult result) {
        return new ServingException(
                result.outcome() == Outcome.LATE ? Kind.DEADLINE : Kind.UNAVAILABLE,
                "node " + node.head().name() + " failed: " + result.message());
    }

    private void finish() {
        cancelDeadline();
        List<NodeReport> all = new ArrayList<>(reports.length);
        for (NodeReport report : reports) {
            if (report == null) {
                throw new IllegalStateException("a node ended without a report");
            }
            all.add(report);
        }
        done.complete(new Execution(parts.plan(), matrix, all));
    }

    private void fail(Throwable failure) {
        done.completeExceptionally(failure);
        cancelDeadline();
        expire();
    }

    private void expire() {
        over = true;
        for (int i = 0; i < runs.length(); i++) {
            NodeRun run = runs.get(i);
            if (run != null) {
                run.cut();
            }
        }
    }

    private void cancelDeadline() {
        Future<?> pendingDeadline = deadline;
        if (pendingDeadline != null) {
            pendingDeadline.cancel(false);
        }
    }
}
