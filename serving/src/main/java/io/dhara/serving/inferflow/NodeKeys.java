package io.dhara.serving.inferflow;

import io.dhara.core.model.EntityKey;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.FeatureNode.KeyPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entity keys of a node's rows, each once, in order of first appearance. The rows of a key form
 * a chain.
 */
final class NodeKeys {
    private static final int NONE = -1;

    private final FeatureNode node;
    private final FeatureMatrix matrix;
    private final List<EntityKey> distinct = new ArrayList<>();
    private final Map<EntityKey, Integer> places = new HashMap<>();
    private final int[] keyOfRow;
    private final int[] nextRow;
    private int[] firstRow = new int[16];
    private int[] lastRow = new int[16];
    private int chained;

    NodeKeys(FeatureNode node, FeatureMatrix matrix, int[] rows) {
        this.node = node;
        this.matrix = matrix;
        this.keyOfRow = new int[matrix.rows()];
        this.nextRow = new int[matrix.rows()];
        Arrays.fill(nextRow, NONE);
        int before = NONE;
        for (int row : rows) {
            keyOfRow[row] =
                    before != NONE && isSameKey(before, row) ? keyOfRow[before] : place(row);
            if (keyOfRow[row] != NONE) {
                chain(keyOfRow[row], row);
            }
            before = row;
        }
    }

    private boolean isSameKey(int one, int other) {
        for (KeyPart part : node.key()) {
            if (!matrix.isSame(part.column(), one, other)) {
                return false;
            }
        }
        return true;
    }

    private int place(int row) {
        String[] values = new String[node.key().size()];
        for (int i = 0; i < values.length; i++) {
            String text = text(node.key().get(i).column(), row);
            if (text == null) {
                return NONE;
            }
            values[i] = text;
        }
        EntityKey key = new EntityKey(node.entity(), List.of(values));
        Integer known = places.putIfAbsent(key, distinct.size());
        if (known != null) {
            return known;
        }
        distinct.add(key);
        return distinct.size() - 1;
    }

    private @Nullable String text(int column, int row) {
        boolean usable =
                switch (matrix.status(column, row)) {
                    case PRESENT -> true;
                    case DEFAULT, EXPIRED, MISSING -> node.queryWithDefaults();
                    case EMPTY, STORE_ERROR, CORRUPT, NO_KEY, NODE_FAILED, SKIPPED -> false;
                };
        if (!usable) {
            return null;
        }
        String text = matrix.text(column, row);
        return text.isEmpty() ? null : text;
    }

    private void chain(int key, int row) {
        if (key == firstRow.length) {
            firstRow = Arrays.copyOf(firstRow, key * 2);
            lastRow = Arrays.copyOf(lastRow, key * 2);
        }
        if (chained <= key) {
            chained = key + 1;
            firstRow[key] = row;
        } else {
            nextRow[lastRow[key]] = row;
        }
        lastRow[key] = row;
    }

    List<EntityKey> distinct() {
        return distinct;
    }

    /** Place of the row's key, or -1 when a part of it is not there. */
    int keyOf(int row) {
        return keyOfRow[row];
    }

    int firstRow(int key) {
        return firstRow[key];
    }

    /** The next row with the same key, or -1. */
    int nextRow(int row) {
        return nextRow[row];
    }
}
