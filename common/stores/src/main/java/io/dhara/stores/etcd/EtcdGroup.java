package io.dhara.stores.etcd;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.registry.SchemaProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A feature group in the tree, {@code entities/<e>/feature-groups/<g>}. */
final class EtcdGroup {
    private final EtcdNode node;
    private final EtcdFields fields;
    private final List<SchemaProblem> problems;
    private final Map<Integer, SchemaVersion> versions = new TreeMap<>();

    private EtcdGroup(EtcdNode node, List<SchemaProblem> problems) {
        this.node = node;
        this.fields = new EtcdFields(node);
        this.problems = problems;
    }

    /** Null when it is not complete or not readable; why is added to the problems. */
    static @Nullable FeatureGroupSchema read(
            String entity, String label, EtcdNode node, List<SchemaProblem> problems) {
        return new EtcdGroup(node, problems).read(entity, label);
    }

    private @Nullable FeatureGroupSchema read(String entity, String label) {
        String typeName = fields.required("data-type");
        DataType type = DataType.ofWireName(typeName).orElse(DataType.INT32);
        if (!typeName.isEmpty() && DataType.ofWireName(typeName).isEmpty()) {
            fields.malformed("data-type must be a name such as DataTypeFP32: got " + typeName);
        }
        int id = fields.requiredInteger("id");
        String storeId = fields.required("store-id");
        int ttlSeconds = fields.requiredInteger("ttl-in-seconds");
        boolean inMemory = fields.requiredBool("in-memory-cache-enabled");
        boolean distributed = fields.requiredBool("distributed-cache-enabled");
        int layout = fields.requiredInteger("layout-version");
        int active = fields.requiredInteger("active-version");
        node.entries("features").forEach((number, version) -> readVersion(number, version, active));
        if (!versions.containsKey(active) && fields.problem().isEmpty()) {
            fields.missing("features/" + active);
        }
        List<String> columns = columns();
        if (!fields.problem().isEmpty()) {
            problem(fields.problem());
            return null;
        }
        try {
            return new FeatureGroupSchema(
                    entity,
                    label,
                    id,
                    storeId,
                    type,
                    Duration.ofSeconds(ttlSeconds),
                    fields.text("job-id"),
                    inMemory,
                    distributed,
                    layout,
                    active,
                    columns,
                    versions);
        } catch (IllegalArgumentException e) {
            problem(e.getMessage());
            return null;
        }
    }

    private List<String> columns() {
        List<String> columns = new ArrayList<>();
        node.entries("columns")
                .forEach(
                        (name, column) -> {
                            String label = column.text("label");
                            if (label.isEmpty()) {
                                fields.missing("columns/" + name + "/label");
                            }
                            columns.add(label);
                        });
        return columns;
    }

    /** A version that is not active may be in the making: it is left out until it is complete. */
    private void readVersion(String number, EtcdNode version, int active) {
        String problem;
        try {
            int parsed = Integer.parseInt(number);
            problem = readVersion(parsed, version);
            if (!problem.isEmpty() && parsed == active) {
                fields.malformed("features/" + number + " " + problem);
                return;
            }
        } catch (NumberFormatException e) {
            problem = "must be a version number";
        }
        if (!problem.isEmpty()) {
            problems.add(new SchemaProblem(version.path(), problem));
        }
    }

    private String readVersion(int number, EtcdNode version) {
        String labels = version.text("labels");
        EtcdNode meta = version.field("feature-meta");
        if (labels.isEmpty() || meta == null) {
            return "is not complete yet, it lacks " + (meta == null ? "feature-meta" : "labels");
        }
        Set<String> named = new HashSet<>(List.of(labels.split(",", -1)));
        if (!named.equals(meta.children().keySet())) {
            return "has labels "
                    + labels
                    + " but feature-meta of "
                    + String.join(",", meta.children().keySet());
        }
        List<FeatureSpec> features = new ArrayList<>();
        try {
            for (Map.Entry<String, EtcdNode> entry : meta.children().entrySet()) {
                features.add(feature(entry.getKey(), entry.getValue(), meta.isJson()));
            }
            versions.put(number, new SchemaVersion(number, features));
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        return "";
    }

    private static FeatureSpec feature(String label, EtcdNode node, boolean json) {
        EtcdFields fields = new EtcdFields(node);
        int sequence = json ? fields.integer("sequence") : fields.requiredInteger("sequence");
        FeatureSpec feature =
                new FeatureSpec(
                        label,
                        sequence,
                        defaultBytes(node),
                        fields.integer("string-length"),
                        fields.integer("vector-length"));
        if (!fields.problem().isEmpty()) {
            throw new IllegalArgumentException("feature " + label + " " + fields.problem());
        }
        return feature;
    }

    /** JSON has the bytes in base64; leaves have them as Go prints them, {@code [0 0 128 63]}. */
    private static byte[] defaultBytes(EtcdNode feature) {
        String leaf = feature.text("default-values-in-bytes");
        if (!leaf.isEmpty()) {
            return printedBytes(leaf);
        }
        String base64 = feature.text("default-value");
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("default-value must be base64: got " + base64, e);
        }
    }

    private static byte[] printedBytes(String text) {
        String trimmed = text.trim();
        if (!trimmed.startsWith("[") || !trimmed.endsWith("]")) {
            throw notPrintedBytes(text, null);
        }
        String inner = trimmed.substring(1, trimmed.length() - 1).trim();
        String[] numbers = inner.isEmpty() ? new String[0] : inner.split("\\s+", -1);
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            int number;
            try {
                number = Integer.parseInt(numbers[i]);
            } catch (NumberFormatException e) {
                throw notPrintedBytes(text, e);
            }
            if (number < 0 || number > 255) {
                throw notPrintedBytes(text, null);
            }
            bytes[i] = (byte) number;
        }
        return bytes;
    }

    private static IllegalArgumentException notPrintedBytes(
            String text, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "default-values-in-bytes must be bytes such as [0 0 128 63]: got " + text, cause);
    }

    private void problem(String text) {
        problems.add(new SchemaProblem(node.path(), text));
    }
}
