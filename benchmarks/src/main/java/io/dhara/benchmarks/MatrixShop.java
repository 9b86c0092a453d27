package io.dhara.benchmarks;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.psdb.PsdbFormat;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.proto.v1.InputColumn;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A shop of users, products, categories and what users think of categories, all in one Redis, and
 * two graphs over it: {@code chain} reads all four, the categories' keys from the products; {@code
 * cached} reads {@value #CACHED_FEATURES} features of products that serving holds in memory.
 *
 * @param products of ids of equal length
 */
record MatrixShop(int products, int users) {
    static final int CANDIDATES = 100;
    static final int CACHED_FEATURES = 50;
    static final String CHAIN = "chain";
    static final String CACHED = "cached";

    /** The connection of its store. */
    static final int CONNECTION = 2;

    private static final int CATEGORIES = 200;
    private static final int FEATURES = 20;
    private static final int BATCH = 500;
    private static final long WITHIN_SECONDS = 60;
    private static final long TTL_SECONDS = TimeUnit.DAYS.toSeconds(1);

    private static final String NO_CACHE =
            "caches: {in-memory: {enabled: false}, distributed: {enabled: false}}\n";
    private static final String IN_MEMORY =
            "caches: {in-memory: {enabled: true, ttl: 1 h, jitter-percent: 0}, distributed:"
                    + " {enabled: false}}\n";

    /** Writes {@code schemas} and {@code graphs} into a folder. */
    static void define(Path folder) throws IOException {
        Path schemas = Files.createDirectories(folder.resolve("schemas"));
        Files.writeString(
                schemas.resolve("stores.yaml"),
                "stores:\n  \"2\": {kind: redis, connection: %d}\n".formatted(CONNECTION));
        entity(schemas, "user", List.of("user_id"), NO_CACHE, scores(0, FEATURES, false));
        entity(
                schemas,
                "product",
                List.of("product_id"),
                NO_CACHE,
                "  place: {id: 1, store: 2, type: Int32, ttl: 1 d, active-version: 1, versions: {1:"
                        + " {features: [{name: category_id, default: -1}]}}}\n"
                        + scores(0, FEATURES, false));
        entity(schemas, "category", List.of("category_id"), NO_CACHE, scores(0, FEATURES, false));
        entity(
                schemas,
                "user_category",
                List.of("user_id", "category_id"),
                NO_CACHE,
                scores(0, FEATURES, false));
        entity(schemas, "item", List.of("item_id"), IN_MEMORY, scores(0, CACHED_FEATURES, true));
        Path graphs = Files.createDirectories(folder.resolve("graphs"));
        Files.writeString(graphs.resolve("chain.yaml"), chain());
        Files.writeString(graphs.resolve("cached.yaml"), cached());
    }

    private static void entity(
            Path folder, String name, List<String> keys, String caches, String groups)
            throws IOException {
        String columns =
                keys.stream()
                        .map(key -> "  - {name: %s, column: %s}\n".formatted(key, key))
                        .collect(Collectors.joining());
        Files.writeString(
                folder.resolve(name + ".yaml"),
                "entity: " + name + "\nkeys:\n" + columns + caches + "groups:\n" + groups);
    }

    private static String scores(int id, int features, boolean cached) {
        return "  scores: {id: %d, store: 2, type: FP32, ttl: 1 d, in-memory-cache: %s, active-version: 1, versions: {1: {features: [%s]}}}\n"
                .formatted(
                        id,
                        cached,
                        IntStream.range(0, features)
                                .mapToObj(i -> "{name: f%d, default: 0}".formatted(i))
                                .collect(Collectors.joining(", ")));
    }

    private static String chain() {
        return """
        graph: chain
        inputs:
          product_id: {row: true}
          user_id: String
        nodes:
          product:
            {kind: features, entity: product, keys: [product_id], groups: {place: [category_id], scores: [%1$s]}}
          user:
            {kind: features, entity: user, keys: [user_id], groups: {scores: [%1$s]}}
          category:
            {kind: features, entity: category, keys: {category_id: "product:place:category_id"}, groups: {scores: [%1$s]}}
          user_category:
            {kind: features, entity: user_category, keys: {user_id: user_id, category_id: "product:place:category_id"}, groups: {scores: [%1$s]}}
        answer: [%2$s]
        """
                .formatted(
                        names(FEATURES, ""),
                        "\"product:place:category_id\", "
                                + List.of("product", "user", "category", "user_category").stream()
                                        .map(entity -> names(FEATURES, entity + ":scores:"))
                                        .collect(Collectors.joining(", ")));
    }

    private static String cached() {
        return """
        graph: cached
        inputs:
          item_id: {row: true}
        nodes:
          item: {kind: features, entity: item, keys: [item_id], groups: {scores: [%s]}}
        answer: [%s]
        """
                .formatted(names(CACHED_FEATURES, ""), names(CACHED_FEATURES, "item:scores:"));
    }

    private static String names(int features, String prefix) {
        return IntStream.range(0, features)
                .mapToObj(i -> "\"" + prefix + "f" + i + "\"")
                .collect(Collectors.joining(", "));
    }

    /** Stores every block with the jobs' own writer. */
    void fill(Path folder, FeatureStoreWriter writer) {
        Path schemas = folder.resolve("schemas");
        SchemaSnapshot snapshot =
                YamlSchemas.read(schemas.toString(), 1, YamlSchemas.readFolder(schemas));
        Blocks blocks = new Blocks(snapshot, writer);
        for (int category = 0; category < CATEGORIES; category++) {
            blocks.scores("category", String.valueOf(category));
        }
        for (int user = 0; user < users; user++) {
            blocks.scores("user", user(user));
            for (int category = 0; category < CATEGORIES; category++) {
                blocks.scores("user_category", user(user), String.valueOf(category));
            }
        }
        for (int product = 0; product < products; product++) {
            int category = product % CATEGORIES;
            blocks.scores("product", product(product));
            blocks.put("place", "product", e -> e.putLong(0, category), List.of(product(product)));
            blocks.scores("item", product(product));
        }
        blocks.flush();
    }

    private static String user(int number) {
        return "u%06d".formatted(number);
    }

    private static String product(int number) {
        return "p%09d".formatted(number);
    }

    /** Of distinct products and one user. */
    RetrieveMatrixRequest chainRequest(Random random) {
        return RetrieveMatrixRequest.newBuilder()
                .setModel(CHAIN)
                .addInputs(
                        InputColumn.newBuilder()
                                .setName("product_id")
                                .addAllValues(candidates(random)))
                .addInputs(
                        InputColumn.newBuilder()
                                .setName("user_id")
                                .addValues(user(random.nextInt(users))))
                .build();
    }

    RetrieveMatrixRequest cachedRequest(Random random) {
        return RetrieveMatrixRequest.newBuilder()
                .setModel(CACHED)
                .addInputs(
                        InputColumn.newBuilder()
                                .setName("item_id")
                                .addAllValues(candidates(random)))
                .build();
    }

    private List<String> candidates(Random random) {
        return random.ints(0, products)
                .distinct()
                .limit(CANDIDATES)
                .mapToObj(MatrixShop::product)
                .toList();
    }

    /** Blocks on their way to the store. Call {@link #flush} at the end. */
    private static final class Blocks {
        private final SchemaSnapshot snapshot;
        private final FeatureStoreWriter writer;
        private final PsdbEncoder encoder = new PsdbEncoder();
        private final Random random = new Random(1);
        private final long nowMicros = TimeUnit.SECONDS.toMicros(Instant.now().getEpochSecond());
        private final List<BlockWrite> waiting = new ArrayList<>();

        Blocks(SchemaSnapshot snapshot, FeatureStoreWriter writer) {
            this.snapshot = snapshot;
            this.writer = writer;
        }

        void scores(String entity, String... key) {
            int features = snapshot.entity(entity).group("scores").active().features().size();
            put(
                    "scores",
                    entity,
                    to -> {
                        for (int i = 0; i < features; i++) {
                            to.putDouble(i, random.nextFloat());
                        }
                    },
                    List.of(key));
        }

        void put(String group, String entity, Consumer<PsdbEncoder> values, List<String> key) {
            FeatureGroupSchema schema = snapshot.entity(entity).group(group);
            long expiry = TimeUnit.MICROSECONDS.toSeconds(nowMicros) + TTL_SECONDS;
            encoder.begin(
                    schema.dataType(), schema.active(), PsdbFormat.LAYOUT_1, expiry, nowMicros);
            values.accept(encoder);
            waiting.add(
                    new BlockWrite(
                            new EntityKey(entity, key),
                            group,
                            schema.id(),
                            schema.storeId(),
                            nowMicros,
                            expiry,
                            encoder.toBlock(false)));
            if (waiting.size() >= BATCH) {
                flush();
            }
        }

        void flush() {
            writer.write(snapshot, List.copyOf(waiting))
                    .toCompletableFuture()
                    .orTimeout(WITHIN_SECONDS, TimeUnit.SECONDS)
                    .join()
                    .forEach(
                            outcome -> {
                                if (outcome.result() != Result.APPLIED) {
                                    throw new IllegalStateException("not written: " + outcome);
                                }
                            });
            waiting.clear();
        }
    }
}
