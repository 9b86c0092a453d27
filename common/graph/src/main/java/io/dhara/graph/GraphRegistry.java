package io.dhara.graph;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A watched source of graphs: a folder or etcd. Holds the last good plan of each model by itself: a
 * bad new version of one model leaves that model on its old plan and all others alone. Plans follow
 * the schemas too. Thread-safe.
 */
public interface GraphRegistry extends AutoCloseable {

    /** The last good plan of this exact model id, or null. Never blocks. */
    @Nullable GraphPlan plan(String model);

    /** All plans in force, by model id. Never blocks. */
    Map<String, GraphPlan> plans();

    /**
     * Why a model's newest definition is not in force, by model id; of a file or key of which not
     * even the model is known, by its name. Empty when all are in force.
     */
    Map<String, String> problems();

    @Override
    void close();
}
