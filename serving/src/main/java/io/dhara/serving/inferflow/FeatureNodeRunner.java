package io.dhara.serving.inferflow;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dhara.core.model.EntityKey;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.FeatureNode.Group;
import io.dhara.serving.feature.EntityAnswer;
import io.dhara.serving.feature.EntityReads;
import io.dhara.serving.feature.GroupRequest;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * Reads the features of a node's rows: each distinct key once, all of them in one read. A row whose
 * key is not whole is not asked for, its cells say so. Thread-safe.
 */
public final class FeatureNodeRunner implements NodeRunner<FeatureNode> {
    private final EntityReads reads;
    private final Cache<FeatureNode, Request> requests = Caffeine.newBuilder().weakKeys().build();

    public FeatureNodeRunner(EntityReads reads) {
        this.reads = requireNonNull(reads, "reads is null");
    }

    /**
     * What a node asks for.
     *
     * @param columns of the matrix, in the order of the request
     */
    private record Request(List<GroupRequest> groups, int[] columns) {
        static Request of(FeatureNode node) {
            return new Request(
                    node.groups().stream()
                            .map(
                                    group ->
                                            new GroupRequest(
                                                    group.label() + "@v" + group.version(),
                                                    group.features()))
                            .toList(),
                    node.groups().stream()
                            .map(Group::columns)
                            .flatMapToInt(IntStream::of)
                            .toArray());
        }
    }

    @Override
    public CompletionStage<NodeResult> run(FeatureNode node, FeatureMatrix matrix, NodeCall call) {
        NodeKeys keys = new NodeKeys(node, matrix, call.rows());
        Request request = requests.get(node, Request::of);
        call.write(() -> writeKeys(node, matrix, call.rows(), keys, request.columns));
        int asked = keys.distinct().size();
        if (asked == 0) {
            return CompletableFuture.completedFuture(
                    new NodeResult(Outcome.SKIPPED, "no row has a key", false, 0));
        }
        return reads.read(
                        node.entity(),
                        request.groups,
                        keys.distinct(),
                        call.deadline(),
                        call.caller().cacheBypassed())
                .thenApply(answer -> take(answer, node, matrix, call, keys, request.columns));
    }

    /** Composite key texts, and the cells of rows without a key. */
    private static void writeKeys(
            FeatureNode node, FeatureMatrix matrix, int[] rows, NodeKeys keys, int[] columns) {
        for (int row : rows) {
            int key = keys.keyOf(row);
            if (key < 0) {
                if (node.compositeKey() >= 0) {
                    matrix.fallBack(node.compositeKey(), row, CellStatus.NO_KEY);
                }
                for (int column : columns) {
                    matrix.fallBack(column, row, CellStatus.NO_KEY);
                }
            } else if (node.compositeKey() >= 0) {
                if (row == keys.firstRow(key)) {
                    byte[] text = joined(node, keys.distinct().get(key));
                    matrix.put(node.compositeKey(), row, text, CellStatus.PRESENT);
                } else {
                    matrix.repeat(node.compositeKey(), keys.firstRow(key), row);
                }
            }
        }
    }

    private static byte[] joined(FeatureNode node, EntityKey key) {
        StringBuilder text = new StringBuilder();
        for (int part : node.compositeOrder()) {
            text.append(text.isEmpty() ? "" : "|").append(key.values().get(part));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static NodeResult take(
            EntityAnswer answer,
            FeatureNode node,
            FeatureMatrix matrix,
            NodeCall call,
            NodeKeys keys,
            int[] columns) {
        boolean taken =
                call.write(
                        () -> {
                            answer.tell(new MatrixCells(matrix, keys, columns));
                            if (isLogged(call)) {
                                keepEventTimes(answer, node, matrix, call.rows(), keys);
                            }
                        });
        int asked = keys.distinct().size();
        if (!taken) {
            return new NodeResult(Outcome.LATE, "the answer came too late", false, asked);
        }
        int unanswered = answer.unanswered(false);
        if (unanswered > 0) {
            String why =
                    answer.unanswered(true) == unanswered
                            ? "no answer in time from a store"
                            : "no answer from a store";
            Outcome outcome = unanswered == answer.asked() ? Outcome.FAILED : Outcome.PARTIAL;
            return new NodeResult(
                    outcome,
                    "%s for %d of %d reads".formatted(why, unanswered, answer.asked()),
                    true,
                    asked);
        }
        int corrupt = answer.corruptKeys();
        return corrupt == 0
                ? NodeResult.ok(asked)
                : new NodeResult(
                        Outcome.PARTIAL,
                        "%d of %d keys hold what does not decode".formatted(corrupt, asked),
                        false,
                        asked);
    }

    private static boolean isLogged(NodeCall call) {
        return !call.trackingId().isEmpty() && call.plan().log().percent() > 0;
    }

    private static void keepEventTimes(
            EntityAnswer answer,
            FeatureNode node,
            FeatureMatrix matrix,
            int[] rows,
            NodeKeys keys) {
        for (int group = 0; group < node.groups().size(); group++) {
            long[] micros = new long[matrix.rows()];
            for (int row : rows) {
                int key = keys.keyOf(row);
                micros[row] = key < 0 ? 0 : answer.eventTimeMicros(key, group);
            }
            matrix.eventTimes(node.groups().get(group).columns(), micros);
        }
    }

    /** Writes each cell of a key into its first row and repeats it in the others. */
    private static final class MatrixCells implements EntityAnswer.Cells {
        private final FeatureMatrix matrix;
        private final NodeKeys keys;
        private final int[] columns;

        MatrixCells(FeatureMatrix matrix, NodeKeys keys, int[] columns) {
            this.matrix = matrix;
            this.keys = keys;
            this.columns = columns;
        }

        @Override
        public void present(int key, int column, EntityAnswer.StoredCell cell) {
            int row = keys.firstRow(key);
            matrix.put(columns[column], row, cell);
            repeat(columns[column], row);
        }

        @Override
        public boolean presentRun(int key, int column, EntityAnswer.StoredRun run) {
            int first = columns[column];
            for (int i = 1; i < run.count(); i++) {
                if (columns[column + i] != first + i) {
                    return false;
                }
            }
            int row = keys.firstRow(key);
            if (!matrix.putRun(first, row, run)) {
                return false;
            }
            for (int next = keys.nextRow(row); next >= 0; next = keys.nextRow(next)) {
                matrix.repeatRun(first, run.count(), run.width(), row, next);
            }
            return true;
        }

        @Override
        public void fallback(int key, int column, byte status) {
            int row = keys.firstRow(key);
            matrix.fallBack(columns[column], row, CellStatus.ofCode(status));
            repeat(columns[column], row);
        }

        private void repeat(int column, int first) {
            for (int row = keys.nextRow(first); row >= 0; row = keys.nextRow(row)) {
                matrix.repeat(column, first, row);
            }
        }
    }
}
