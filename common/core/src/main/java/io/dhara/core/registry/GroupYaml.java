package io.dhara.core.registry;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The fields of one feature group as a file gives them; a version lists its features in order. */
record GroupYaml(
        int id,
        String store,
        DataType type,
        Duration ttl,
        String job,
        boolean inMemoryCache,
        boolean distributedCache,
        int layout,
        int activeVersion,
        List<String> segments,
        Map<Integer, SchemaVersion> versions) {

    private static final String TYPE_PREFIX = "DataType";

    /** The result is only of use when no problem was added. */
    static GroupYaml read(
            String file, String label, YamlFields fields, List<SchemaProblem> problems) {
        DataType type = type(label, fields);
        Map<Integer, SchemaVersion> versions = new TreeMap<>();
        fields.map("versions")
                .forEach(
                        (number, node) -> {
                            SchemaVersion version =
                                    version(file, label, number, node, type, problems);
                            if (version != null) {
                                versions.put(version.version(), version);
                            }
                        });
        GroupYaml group =
                new GroupYaml(
                        fields.requiredInteger("id"),
                        fields.requiredText("store"),
                        type,
                        fields.requiredSeconds("ttl"),
                        fields.text("job", ""),
                        fields.bool("in-memory-cache", false),
                        fields.bool("distributed-cache", false),
                        fields.integer("layout", 1),
                        fields.requiredInteger("active-version"),
                        fields.texts("segments"),
                        versions);
        fields.finish();
        return group;
    }

    FeatureGroupSchema build(String entity, String label) {
        return new FeatureGroupSchema(
                entity,
                label,
                id,
                store,
                type,
                ttl,
                job,
                inMemoryCache,
                distributedCache,
                layout,
                activeVersion,
                segments,
                versions);
    }

    private static DataType type(String label, YamlFields fields) {
        String name = fields.requiredText("type");
        String wireName = name.startsWith(TYPE_PREFIX) ? name : TYPE_PREFIX + name;
        return DataType.ofWireName(wireName)
                .orElseGet(
                        () -> {
                            if (!name.isEmpty()) {
                                fields.problem(
                                        fields.node("type"),
                                        "type of group "
                                                + label
                                                + " must be a data type such as Int32 or"
                                                + " FP16Vector: got "
                                                + name);
                            }
                            return DataType.INT32;
                        });
    }

    private static @Nullable SchemaVersion version(
            String file,
            String group,
            String number,
            YamlNode node,
            DataType type,
            List<SchemaProblem> problems) {
        String subject = "version " + number + " of group " + group;
        YamlFields fields = new YamlFields(file, subject, node, problems);
        List<FeatureSpec> features = new ArrayList<>();
        List<YamlNode> nodes = fields.list("features");
        for (int i = 0; i < nodes.size(); i++) {
            FeatureSpec feature = feature(file, subject, i, nodes.get(i), type, problems);
            if (feature != null) {
                features.add(feature);
            }
        }
        fields.finish();
        if (nodes.isEmpty()) {
            fields.problem(null, subject + " must list at least one feature under features");
        }
        if (features.size() != nodes.size() || nodes.isEmpty()) {
            return null;
        }
        try {
            return new SchemaVersion(Integer.parseInt(number), features);
        } catch (NumberFormatException e) {
            fields.problem(null, "version must be a whole number, 1..65535: got " + number);
        } catch (IllegalArgumentException e) {
            fields.problem(null, e.getMessage());
        }
        return null;
    }

    private static @Nullable FeatureSpec feature(
            String file,
            String version,
            int sequence,
            YamlNode node,
            DataType type,
            List<SchemaProblem> problems) {
        int before = problems.size();
        YamlFields unnamed = new YamlFields(file, "feature of " + version, node, problems);
        String name = unnamed.requiredText("name");
        YamlFields fields =
                new YamlFields(file, "feature " + name + " of " + version, node, problems);
        fields.text("name", "");
        boolean strings = type.kind() == DataType.Kind.STRING;
        int stringLength = strings ? fields.requiredInteger("string-length") : 0;
        int vectorLength = type.isVector() ? fields.requiredInteger("vector-length") : 0;
        YamlNode byDefault = fields.requiredNode("default");
        fields.finish();
        if (problems.size() != before || byDefault == null) {
            return null;
        }
        try {
            byte[] bytes =
                    DefaultText.toBytes(
                            type, elements(byDefault, type, vectorLength), stringLength);
            return new FeatureSpec(name, sequence, bytes, stringLength, vectorLength);
        } catch (IllegalArgumentException e) {
            fields.problem(
                    byDefault, e.getMessage() + " (feature " + name + " of " + version + ")");
            return null;
        }
    }

    /** The elements of a default; a single value given for a vector stands for each of them. */
    private static List<String> elements(YamlNode node, DataType type, int vectorLength) {
        if (!type.isVector()) {
            if (node.kind() != YamlNode.Kind.TEXT) {
                throw new IllegalArgumentException("default must be a plain value");
            }
            return List.of(node.text());
        }
        if (node.kind() == YamlNode.Kind.TEXT) {
            return java.util.Collections.nCopies(vectorLength, node.text());
        }
        List<String> elements = node.items().stream().map(YamlNode::text).toList();
        if (node.kind() != YamlNode.Kind.LIST || elements.size() != vectorLength) {
            throw new IllegalArgumentException(
                    "default must be a list of vector-length "
                            + vectorLength
                            + " values, or one value for all: got "
                            + elements.size()
                            + " values");
        }
        return elements;
    }
}
