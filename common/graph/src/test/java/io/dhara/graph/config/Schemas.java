package io.dhara.graph.config;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.InvalidGraphException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Schemas of the shop, and short ways to compile against them. */
final class Schemas {
    private static final String SHOP =
            """
            entity: product
            keys:
              - {name: product_id, column: product_id}
            groups:
              attrs:
                {id: 0, store: 2, type: Int32, ttl: 1 d, active-version: 2, versions: {
                  1: {features: [{name: category_id, default: 3}]},
                  2: {features: [{name: category_id, default: 3}, {name: brand_id, default: -1}]}}}
              price:
                {id: 1, store: 2, type: FP32, ttl: 1 d, active-version: 1, versions: {
                  1: {features: [{name: mrp, default: 9.5}, {name: discount, default: 0}]}}}
              text:
                {id: 2, store: 2, type: String, ttl: 1 d, active-version: 1, versions: {
                  1: {features: [{name: title, default: none, string-length: 16}]}}}
              vec:
                {id: 3, store: 2, type: FP32Vector, ttl: 1 d, active-version: 1, versions: {
                  1: {features: [{name: emb, vector-length: 4, default: 0.5}]}}}
            """;
    private static final String STORES = "stores:\n  2: {kind: redis, connection: 2}\n";
    private static final String USER =
            """
            entity: user
            keys:
              - {name: user_id, column: user_id}
            groups:
              profile:
                {id: 0, store: 2, type: Int32, ttl: 1 d, active-version: 1, versions: {
                  1: {features: [{name: age, default: 30}]}}}
              taste:
                {id: 1, store: 2, type: FP32Vector, ttl: 1 d, active-version: 1, versions: {
                  1: {features: [{name: emb, vector-length: 4, default: 0}]}}}
            """;
    private static final String USER_CATEGORY =
            """
            entity: user_category
            keys:
              - {name: user_id, column: user_id}
              - {name: category_id, column: category_id}
            groups:
              affinity:
                {id: 0, store: 2, type: FP32, ttl: 1 d, active-version: 1, versions: {
                  1: {features: [{name: clicks_7d, default: 0}]}}}
            """;

    private Schemas() {}

    static SchemaSnapshot shop() {
        Map<String, String> files = new TreeMap<>();
        files.put("stores.yaml", STORES);
        files.put("product.yaml", SHOP);
        files.put("user.yaml", USER);
        files.put("user_category.yaml", USER_CATEGORY);
        return YamlSchemas.read("shop", 1, files);
    }

    /** As if a group had been taken away. */
    static SchemaSnapshot without(String entity, String group) {
        SchemaSnapshot shop = shop();
        Map<String, EntitySchema> entities = new TreeMap<>(shop.entities());
        EntitySchema whole = shop.entity(entity);
        Map<String, FeatureGroupSchema> groups = new TreeMap<>(whole.groups());
        groups.remove(group);
        entities.put(
                entity,
                new EntitySchema(
                        entity,
                        whole.keys(),
                        whole.inMemoryCache(),
                        whole.distributedCache(),
                        groups));
        return new SchemaSnapshot(
                2, entities, shop.stores(), shop.readerTokens(), shop.writerTokens());
    }

    /** The definition of the only graph of a text. */
    static GraphDefinition yaml(String... texts) {
        Map<String, String> files = new TreeMap<>();
        for (int i = 0; i < texts.length; i++) {
            files.put("g" + i + ".yaml", texts[i]);
        }
        GraphFiles.Read read = GraphFiles.read(files);
        if (!read.problems().isEmpty()) {
            throw new IllegalArgumentException(read.problems().toString());
        }
        return read.definitions().values().iterator().next();
    }

    static GraphPlan compile(String... texts) throws InvalidGraphException {
        return GraphCompiler.compile(yaml(texts), shop(), GraphLimits.DEFAULT);
    }

    /** What a definition is refused for. */
    static List<String> problems(String... texts) {
        try {
            compile(texts);
            return List.of();
        } catch (InvalidGraphException e) {
            return e.problems().stream().map(Object::toString).toList();
        }
    }
}
