package io.dhara.serving.inferflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate generator answered.
 *
 * @param ids of the row column, best first
 * @param values {@code [CandidateNode.values()][ids]}, each in the form of its column or null where
 *     there is none
 */
public record Candidates(List<String> ids, List<List<byte @Nullable []>> values) {}
