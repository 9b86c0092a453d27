package io.dhara.graph;

import java.util.List;

/**
 * Asks a candidate generator for the rows when the caller gives none. Runs before the matrix exists
 * and so reads inputs only.
 *
 * @param generator the {@code cg_name}
 * @param endpoint {@code host:port} of a {@code dhara.v1} candidate service, or an http or https
 *     URL
 * @param limit most rows it may answer
 * @param rowColumn index of the row column it fills
 * @param values columns it fills beside that one, such as a retrieval score
 */
public record CandidateNode(
        Head head,
        String generator,
        String endpoint,
        int limit,
        int rowColumn,
        List<Integer> values)
        implements GraphNode {
    public CandidateNode {
        values = List.copyOf(values);
    }

    @Override
    public String kind() {
        return "candidates";
    }
}
