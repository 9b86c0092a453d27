package io.dhara.serving.featurelog;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.PlanColumn;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What the bytes of a model version's log rows mean: its logged columns in their order, with types.
 *
 * @param columns logged, in order
 * @param digest hexadecimal, of their names and types in their order
 */
record LogSchema(String model, int version, List<PlanColumn> columns, String digest) {
    private static final int MAX_VERSION = 15;

    LogSchema {
        columns = List.copyOf(columns);
    }

    /**
     * @throws IllegalArgumentException if the version has no room in the four bits that logs have
     */
    static LogSchema of(GraphPlan plan) {
        if (plan.version() < 0 || plan.version() > MAX_VERSION) {
            throw new IllegalArgumentException(
                    "a logged model's version must be 0..%d: got %d of %s"
                            .formatted(MAX_VERSION, plan.version(), plan.model()));
        }
        List<PlanColumn> columns =
                Arrays.stream(plan.log().columns()).mapToObj(plan.columns()::get).toList();
        return new LogSchema(plan.model(), plan.version(), columns, digest(columns));
    }

    private static String digest(List<PlanColumn> columns) {
        StringBuilder text = new StringBuilder();
        for (PlanColumn column : columns) {
            text.append(column.name())
                    .append('\n')
                    .append(column.type().wireName())
                    .append('\n')
                    .append(column.vectorLength())
                    .append('\n');
        }
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Key in the schema topic, {@code model/version/digest}: who changes columns and forgets to
     * change the version leaves older records readable.
     */
    String key() {
        return model + "/" + version + "/" + digest;
    }

    byte[] json() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("model", model);
        schema.put("version", version);
        schema.put("digest", digest);
        ArrayNode all = schema.putArray("columns");
        for (PlanColumn column : columns) {
            ObjectNode one = all.addObject();
            one.put("name", column.name());
            one.put("type", column.type().wireName());
            one.put("vector_length", column.vectorLength());
        }
        return schema.toString().getBytes(UTF_8);
    }
}
