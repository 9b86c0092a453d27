package io.dhara.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The operators' own CRD schemas, closed against unknown fields so that a typo in a manifest is an
 * error. CRD schemas are open by default in JSON-schema terms; the API server prunes what it does
 * not know, silently.
 *
 * <p>CEL rules ({@code x-kubernetes-validations}) are not evaluated.
 */
final class ClosedCrdSchemas {
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";

    private final Map<String, JsonSchema> byApiVersionAndKind = new HashMap<>();

    static ClosedCrdSchemas load(Path folder) throws IOException {
        ClosedCrdSchemas schemas = new ClosedCrdSchemas();
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yml")).toList()) {
                for (JsonNode crd : Yaml.documents(file)) {
                    schemas.add(crd, factory);
                }
            }
        }
        return schemas;
    }

    private void add(JsonNode crd, JsonSchemaFactory factory) {
        JsonNode spec = crd.path("spec");
        String kind = spec.path("names").path("kind").asText();
        for (JsonNode version : spec.path("versions")) {
            ObjectNode schema = version.path("schema").path("openAPIV3Schema").deepCopy();
            ObjectNode properties = schema.withObject("/properties");
            properties.putObject("apiVersion").put("type", "string");
            properties.putObject("kind").put("type", "string");
            properties.putObject("metadata").put(PRESERVE, true).put("type", "object");
            close(schema);
            byApiVersionAndKind.put(
                    spec.path("group").asText() + "/" + version.path("name").asText() + " " + kind,
                    factory.getSchema(schema));
        }
    }

    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove("format");
            if (object.path("nullable").asBoolean() && object.path("type").isTextual()) {
                ArrayNode union = object.arrayNode().add(object.path("type").asText()).add("null");
                object.set("type", union);
            }
            if (object.path("x-kubernetes-int-or-string").asBoolean()) {
                object.remove("type");
                ArrayNode anyOf = object.putArray("anyOf");
                anyOf.addObject().put("type", "integer");
                anyOf.addObject().put("type", "string");
            }
            if (object.path("properties").isObject()
                    && !object.has("additionalProperties")
                    && !object.path(PRESERVE).asBoolean()) {
                object.put("additionalProperties", false);
            }
        }
        node.forEach(ClosedCrdSchemas::close);
    }

    int size() {
        return byApiVersionAndKind.size();
    }

    @Nullable JsonSchema schemaOf(JsonNode manifest) {
        return byApiVersionAndKind.get(
                manifest.path("apiVersion").asText() + " " + manifest.path("kind").asText());
    }

    /** What is wrong with this manifest; empty when nothing is. */
    List<String> violations(JsonNode manifest) {
        JsonSchema schema = schemaOf(manifest);
        if (schema == null) {
            return List.of(
                    "no CRD for " + manifest.path("apiVersion") + " " + manifest.path("kind"));
        }
        return schema.validate(manifest).stream().map(Object::toString).toList();
    }
}
