package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.embedded.EmbeddedEtcd;
import io.dhara.graph.GraphPlan;
import io.dhara.stores.etcd.EtcdClient;
import io.dhara.stores.etcd.EtcdConfig;
import io.etcd.jetcd.options.DeleteOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd, where one is installed; reported as skipped where not. */
class EtcdGraphRegistryITCase {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SHARED = "expressions: {7: p + m}\n";

    @TempDir static Path etcdFolder;
    private static EmbeddedEtcd etcd;
    private static EtcdConfig config;
    private static EtcdClient client;

    private final FixedSchemas schemas = new FixedSchemas(Schemas.shop());

    @BeforeAll
    static void start() throws Exception {
        Optional<EmbeddedEtcd> started = EmbeddedEtcd.startIfInstalled(etcdFolder);
        Assumptions.assumeTrue(
                started.isPresent(),
                "no etcd on the PATH or in DHARA_ETCD: install etcd-server to run this");
        etcd = started.get();
        config =
                new EtcdConfig(
                        List.of(etcd.endpoint()),
                        EtcdGraphKeys.path("inferflow"),
                        "",
                        "",
                        Duration.ofMillis(50),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        "");
        client = new EtcdClient(config);
    }

    @AfterAll
    static void stop() {
        if (client != null) {
            client.close();
        }
        if (etcd != null) {
            etcd.close();
        }
    }

    @BeforeEach
    void clear() throws Exception {
        client.await(
                client.jetcd()
                        .getKVClient()
                        .delete(
                                EtcdClient.bytes(config.base()),
                                DeleteOption.builder().isPrefix(true).build()),
                "clearing");
        put("graphs/expressions.yaml", SHARED);
    }

    @Test
    void keyPerModel_isServedAndFollowed() throws Exception {
        put("config-map/a", ModelConfigJsonTest.text());
        try (EtcdGraphRegistry registry = open()) {
            assertThat(registry.plans()).containsOnlyKeys("a");
            assertThat(registry.problems()).isEmpty();

            put("config-map/b", ModelConfigJsonTest.text());
            await().atMost(LIMIT).until(() -> registry.plan("b") != null);
        }
    }

    @Test
    void f15_deletingAModel_keepsThoseThatBeginLikeIt() throws Exception {
        put("config-map/a", ModelConfigJsonTest.text());
        put("config-map/ab", ModelConfigJsonTest.text());
        put("config-map/abc", ModelConfigJsonTest.text());
        try (EtcdGraphRegistry registry = open()) {
            delete("config-map/a");

            await().atMost(LIMIT).until(() -> registry.plan("a") == null);
            assertThat(registry.plans()).containsOnlyKeys("ab", "abc");
        }
    }

    @Test
    void f16_idsThatFoldAlike_areTwoModels() throws Exception {
        put("config-map/a-b", ModelConfigJsonTest.text());
        put("config-map/AB", ModelConfigJsonTest.text().replace("[3]", "[3, 1]"));
        try (EtcdGraphRegistry registry = open()) {
            assertThat(registry.plans()).containsOnlyKeys("a-b", "AB");
            assertThat(registry.plan("AB").digest()).isNotEqualTo(registry.plan("a-b").digest());
        }
    }

    @Test
    void f17_typoInOneModel_freezesThatModelOnly() throws Exception {
        put("config-map/a", ModelConfigJsonTest.text());
        put("config-map/b", ModelConfigJsonTest.text());
        try (EtcdGraphRegistry registry = open()) {
            GraphPlan before = registry.plan("a");
            put("config-map/a", "{ oh");
            put(
                    "config-map/b",
                    ModelConfigJsonTest.text().replace("_version\": 1", "_version\": 2"));

            await().atMost(LIMIT).until(() -> registry.plan("b").version() == 2);
            assertThat(registry.plan("a")).isSameAs(before);
            assertThat(registry.problems()).containsOnlyKeys("a");
            assertThat(registry.problems().get("a")).contains("config-map/a").contains("no JSON");
        }
    }

    @Test
    void configMapInOneKey_winsAndKeepsItsModelsWhenItIsBroken() throws Exception {
        put("config-map/a", "{}");
        put("configMap", "{\"a\": " + ModelConfigJsonTest.text() + ", \"b\": {}}");
        try (EtcdGraphRegistry registry = open()) {
            assertThat(registry.plans()).containsOnlyKeys("a");
            assertThat(registry.problems()).containsOnlyKeys("b");

            delete("config-map/a");
            put("configMap", "{");
            await().atMost(LIMIT).until(() -> registry.problems().containsKey("a"));
            assertThat(registry.plans()).containsOnlyKeys("a");
        }
    }

    @Test
    void modelSplitOverKeys_isOneModel() throws Exception {
        for (String part : List.of("dag_execution_config", "component_config", "response_config")) {
            put(
                    "config-map/a/" + part.replace('_', '-'),
                    ModelConfigJson.parse(ModelConfigJsonTest.text()).get(part).toString());
        }
        put("config-map/a/component-config/cache-version", "9");
        try (EtcdGraphRegistry registry = open()) {
            assertThat(registry.problems()).isEmpty();
            assertThat(registry.plan("a").nodes()).hasSize(5);
        }
    }

    @Test
    void f14_changeAfterCompactionAndRestartOfEtcd_isSeen() throws Exception {
        put("config-map/a", ModelConfigJsonTest.text());
        try (EtcdGraphRegistry registry = open()) {
            long revision = put("config-map/b", ModelConfigJsonTest.text());
            client.await(client.jetcd().getKVClient().compact(revision), "compacting");
            etcd.restart();
            await().atMost(LIMIT)
                    .ignoreExceptions()
                    .until(() -> put("config-map/c", ModelConfigJsonTest.text()) > 0);

            await().atMost(LIMIT).until(() -> registry.plan("c") != null);
            await().atMost(LIMIT).until(() -> registry.problems().isEmpty());
            assertThat(registry.plans()).containsOnlyKeys("a", "b", "c");
        }
    }

    @Test
    void yamlFile_isServedBesideModelConfigs() throws Exception {
        put("config-map/a", ModelConfigJsonTest.text());
        put("graphs/ctr.yaml", GraphCompilerTest.CHAIN);
        try (EtcdGraphRegistry registry = open()) {
            assertThat(registry.plans()).containsOnlyKeys("a", "ctr");
        }
    }

    private EtcdGraphRegistry open() {
        return EtcdGraphRegistry.open(config, schemas, GraphLimits.DEFAULT);
    }

    private static long put(String path, String value) throws InterruptedException {
        return client.await(
                        client.jetcd()
                                .getKVClient()
                                .put(
                                        EtcdClient.bytes(config.base() + "/" + path),
                                        EtcdClient.bytes(value)),
                        "writing")
                .getHeader()
                .getRevision();
    }

    private static void delete(String path) throws InterruptedException {
        client.await(
                client.jetcd().getKVClient().delete(EtcdClient.bytes(config.base() + "/" + path)),
                "deleting");
    }
}
