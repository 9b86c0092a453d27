package io.dhara.serving.inferflow;

import java.util.List;

/**
 * The values of one input column.
 *
 * @param name of the column
 * @param values as text; as many as there are rows, or one for all
 */
public record InputValues(String name, List<String> values) {}
