package io.dhara.stores.etcd;

import static io.dhara.stores.etcd.PeerExample.BASE;
import static io.dhara.stores.etcd.PeerExample.FP;
import static io.dhara.stores.etcd.PeerExample.PROFILE;
import static io.dhara.stores.etcd.PeerExample.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.SnapshotValidator;
import io.dhara.embedded.EmbeddedEtcd;
import io.etcd.jetcd.options.DeleteOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd, where one is installed; reported as skipped where not. */
class EtcdSchemaRegistryITCase {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir static Path etcdFolder;
    private static EmbeddedEtcd etcd;
    private static EtcdClient client;

    @TempDir Path folder;

    @BeforeAll
    static void start() throws Exception {
        Optional<EmbeddedEtcd> started = EmbeddedEtcd.startIfInstalled(etcdFolder);
        Assumptions.assumeTrue(
                started.isPresent(),
                "no etcd on the PATH or in DHARA_ETCD: install etcd-server to run this");
        etcd = started.get();
        client = new EtcdClient(config(""));
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
                                EtcdClient.bytes(BASE),
                                DeleteOption.builder().isPrefix(true).build()),
                "clearing");
    }

    private static EtcdConfig config(String lastGoodFile) {
        return config(etcd.endpoint(), Duration.ofSeconds(2), lastGoodFile);
    }

    private static EtcdConfig config(String endpoint, Duration resync, String lastGoodFile) {
        return new EtcdConfig(
                List.of(endpoint),
                "onfs",
                "",
                "",
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                resync,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                lastGoodFile);
    }

    private static long put(String key, String value) throws InterruptedException {
        return client.await(
                        client.jetcd()
                                .getKVClient()
                                .put(EtcdClient.bytes(key), EtcdClient.bytes(value)),
                        "writing")
                .getHeader()
                .getRevision();
    }

    /** Right after a start, while the client may still wait before it connects again. */
    private static void putWhenBack(String key, String value) {
        await().atMost(LIMIT)
                .ignoreException(EtcdUnavailableException.class)
                .until(() -> put(key, value) > 0);
    }

    private static void putAll(Map<String, String> keys) throws InterruptedException {
        for (Map.Entry<String, String> key : keys.entrySet()) {
            put(key.getKey(), key.getValue());
        }
    }

    private static Duration ttlOf(SchemaSnapshot snapshot, String group) {
        return snapshot.entities().get("user").groups().get(group).ttl();
    }

    @Test
    void watch_keysWrittenOneByOneInAnyOrder_everySnapshotIsValidAndTheLastIsWhole()
            throws Exception {
        List<SchemaSnapshot> seen = new CopyOnWriteArrayList<>();
        List<Map.Entry<String, String>> order = new ArrayList<>(PeerExample.keys().entrySet());
        Collections.shuffle(order, new Random(20260301));
        try (EtcdSchemaRegistry registry = EtcdSchemaRegistry.open(config(""))) {
            registry.subscribe(seen::add);
            for (Map.Entry<String, String> key : order) {
                put(key.getKey(), key.getValue());
                registry.refresh();
            }
            await().atMost(LIMIT).until(() -> registry.lastProblem().isEmpty());

            assertThat(registry.current().entities().get("user").groups())
                    .containsOnlyKeys("fp", "profile");
            assertThat(registry.current().readerTokens()).containsKey("ranker");
        }
        assertThat(seen).isNotEmpty();
        for (SchemaSnapshot snapshot : seen) {
            assertThat(SnapshotValidator.check(snapshot)).isEmpty();
        }
    }

    @Test
    void b44_changeRightAfterTheRead_isSeen() throws Exception {
        putAll(PeerExample.keys());
        for (int i = 1; i <= 20; i++) {
            try (EtcdSchemaRegistry registry = EtcdSchemaRegistry.open(config(""))) {
                put(PROFILE + "/ttl-in-seconds", String.valueOf(i));
                Duration expected = Duration.ofSeconds(i);
                await().atMost(LIMIT)
                        .until(() -> ttlOf(registry.current(), "profile").equals(expected));
            }
        }
    }

    @Test
    void b45_compactionWhileCutOff_isSurvived() throws Exception {
        putAll(PeerExample.keys());
        try (CuttableProxy proxy = new CuttableProxy(etcd.port());
                EtcdSchemaRegistry registry =
                        EtcdSchemaRegistry.open(
                                config(proxy.endpoint(), Duration.ofHours(1), ""))) {
            proxy.cut();
            long revision = 0;
            for (int i = 1; i <= 50; i++) {
                revision = put(PROFILE + "/ttl-in-seconds", String.valueOf(100 + i));
            }
            client.await(client.jetcd().getKVClient().compact(revision), "compacting");
            proxy.mend();
            await().atMost(LIMIT)
                    .until(() -> ttlOf(registry.current(), "profile").toSeconds() == 150);
            put(FP + "/ttl-in-seconds", "77");

            await().atMost(LIMIT).until(() -> ttlOf(registry.current(), "fp").toSeconds() == 77);
            assertThat(registry.lastProblem()).isEmpty();
        }
    }

    /** Neither an error nor an event: nobody tells the watch that it is dead. */
    @Test
    void b45_watchThatOnlySeemsAlive_isReplaced() throws Exception {
        putAll(PeerExample.keys());
        try (CuttableProxy proxy = new CuttableProxy(etcd.port());
                EtcdSchemaRegistry registry =
                        EtcdSchemaRegistry.open(
                                config(proxy.endpoint(), Duration.ofSeconds(1), ""))) {
            proxy.deafen();
            put(FP + "/ttl-in-seconds", "66");

            await().atMost(LIMIT).until(() -> ttlOf(registry.current(), "fp").toSeconds() == 66);
            put(FP + "/ttl-in-seconds", "65");
            await().atMost(LIMIT).until(() -> ttlOf(registry.current(), "fp").toSeconds() == 65);
        }
    }

    @Test
    void b45_etcdKilledAndRestarted_isFollowedAgain() throws Exception {
        putAll(PeerExample.keys());
        try (EtcdSchemaRegistry registry = EtcdSchemaRegistry.open(config(""))) {
            for (int i = 1; i <= 3; i++) {
                etcd.kill();
                await().atMost(LIMIT).until(() -> !registry.lastProblem().isEmpty());
                assertThat(registry.current().entities()).containsKey("user");
                etcd.start();
                putWhenBack(FP + "/ttl-in-seconds", String.valueOf(1000 + i));
                Duration expected = Duration.ofSeconds(1000 + i);
                await().atMost(LIMIT).until(() -> ttlOf(registry.current(), "fp").equals(expected));
                await().atMost(LIMIT).until(() -> registry.lastProblem().isEmpty());
            }
        }
    }

    @Test
    void open_etcdAway_startsFromTheLastGoodFileAndFollowsLater() throws Exception {
        Path file = folder.resolve("last-good.json");
        putAll(PeerExample.keys());
        SchemaSnapshot before;
        try (EtcdSchemaRegistry registry = EtcdSchemaRegistry.open(config(file.toString()))) {
            before = registry.current();
        }
        assertThat(Files.exists(file)).isTrue();
        etcd.kill();
        try (EtcdSchemaRegistry registry = EtcdSchemaRegistry.open(config(file.toString()))) {
            assertThat(registry.current().entities()).isEqualTo(before.entities());
            assertThat(registry.lastProblem()).contains("etcd");
            etcd.start();
            putWhenBack(FP + "/ttl-in-seconds", "88");
            await().atMost(LIMIT).until(() -> ttlOf(registry.current(), "fp").toSeconds() == 88);
        }
    }

    @Test
    void open_etcdAwayAndNoFile_failsNamingEtcd() throws Exception {
        etcd.kill();
        try {
            assertThatThrownBy(() -> EtcdSchemaRegistry.open(config("")).close())
                    .isInstanceOf(EtcdUnavailableException.class)
                    .hasMessageContaining(etcd.endpoint());
        } finally {
            etcd.start();
            putWhenBack(BASE, "{}");
        }
    }

    @Test
    void b49_editInPlace_isNotFollowedAcrossARestart() throws Exception {
        Path file = folder.resolve("last-good.json");
        putAll(PeerExample.keys());
        EtcdSchemaRegistry.open(config(file.toString())).close();
        put(
                PROFILE + "/features/1/feature-meta",
                "{\"city\":{\"sequence\":0,\"default-value\":\"\",\"string-length\":4}}");
        try (EtcdSchemaRegistry registry = EtcdSchemaRegistry.open(config(file.toString()))) {
            assertThat(
                            registry.current()
                                    .entities()
                                    .get("user")
                                    .groups()
                                    .get("profile")
                                    .active()
                                    .stringLength(0))
                    .isEqualTo(16);
            assertThat(registry.lastProblem()).contains("string-length of feature city");
        }
    }

    @Test
    void refresh_newEntity_isSeenAtOnce() throws Exception {
        putAll(PeerExample.keys());
        try (EtcdSchemaRegistry registry = EtcdSchemaRegistry.open(config(""))) {
            for (Map.Entry<String, String> key : PeerExample.keys().entrySet()) {
                if (key.getKey().startsWith(USER + "/keys")) {
                    put(key.getKey().replace("/user/", "/shop/"), key.getValue());
                }
            }
            put(BASE + "/entities/shop/label", "shop");
            await().atMost(LIMIT).until(() -> registry.refresh().entities().containsKey("shop"));
        }
    }
}
