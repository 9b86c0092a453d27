package io.dhara.stores.write.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.SnapshotFeed;
import io.dhara.core.registry.SnapshotValidator;
import io.dhara.embedded.EmbeddedEtcd;
import io.dhara.stores.etcd.EtcdClient;
import io.dhara.stores.etcd.EtcdConfig;
import io.dhara.stores.etcd.EtcdSchemaRegistry;
import io.etcd.jetcd.options.DeleteOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real etcd, where one is installed; reported as skipped where not. */
class EtcdTargetITCase {
    private static final int ETCD_LIMIT = 128;

    @TempDir static Path etcdFolder;
    private static EmbeddedEtcd etcd;
    private static EtcdConfig config;
    private static EtcdClient client;

    @BeforeAll
    static void start() throws Exception {
        Optional<EmbeddedEtcd> started = EmbeddedEtcd.startIfInstalled(etcdFolder);
        Assumptions.assumeTrue(
                started.isPresent(),
                "no etcd on the PATH or in DHARA_ETCD: install etcd-server to run this");
        etcd = started.get();
        config = EtcdConfig.of(List.of(etcd.endpoint()), "");
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
    }

    private static SchemaApplier.Applied apply(Map<String, String> files, int maxOps)
            throws InterruptedException {
        try (EtcdTarget target = new EtcdTarget(config, maxOps)) {
            return new SchemaApplier(target, TableMaker.NONE, Clock.systemUTC())
                    .apply(Schemas.parse(files), true);
        }
    }

    /** In one transaction or in many small ones: watchers only ever see whole groups. */
    @ParameterizedTest
    @ValueSource(ints = {ETCD_LIMIT, 16, 2})
    void apply_examples_areReadBackTheSameAndNeverHalf(int maxOps) throws Exception {
        List<SchemaSnapshot> seen = new CopyOnWriteArrayList<>();
        SchemaSnapshot wanted = Schemas.examples();
        try (EtcdSchemaRegistry registry = EtcdSchemaRegistry.open(config)) {
            registry.subscribe(seen::add);
            apply(Schemas.files(), maxOps);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> SnapshotFeed.sameContent(registry.refresh(), wanted));
        }
        assertThat(seen).allMatch(snapshot -> SnapshotValidator.check(snapshot).isEmpty());
        assertThat(seen)
                .allSatisfy(
                        snapshot ->
                                snapshot.entities()
                                        .forEach(
                                                (label, entity) ->
                                                        assertThat(
                                                                        wanted.entities()
                                                                                .get(label)
                                                                                .groups())
                                                                .containsAllEntriesOf(
                                                                        entity.groups())));
    }

    @Test
    void apply_change_isOneRevisionAndInTheHistory() throws Exception {
        apply(Schemas.files(), ETCD_LIMIT);
        long before = client.readAll().revision();

        SchemaApplier.Applied applied =
                apply(Schemas.edited("ttl: 365 d", "ttl: 30 d"), ETCD_LIMIT);

        assertThat(client.readAll().revision()).isEqualTo(before + 1);
        assertThat(applied.number()).isEqualTo(2);
        try (EtcdTarget target = new EtcdTarget(config, ETCD_LIMIT)) {
            assertThat(target.history())
                    .extracting(HistoryEntry::summary)
                    .last()
                    .isEqualTo("group user/profile ttl 31536000 s -> 2592000 s");
        }
    }

    @Test
    void apply_sameTwice_writesNothing() throws Exception {
        apply(Schemas.files(), ETCD_LIMIT);
        long before = client.readAll().revision();

        assertThat(apply(Schemas.files(), ETCD_LIMIT).plan().changes()).isEmpty();
        assertThat(client.readAll().revision()).isEqualTo(before);
    }

    @Test
    void apply_removedEntity_leavesNoKey() throws Exception {
        apply(Schemas.files(), ETCD_LIMIT);
        Map<String, String> files = Schemas.files();
        files.remove("product.yaml");

        apply(files, ETCD_LIMIT);

        assertThat(client.readAll().values().keySet()).noneMatch(key -> key.contains("/product/"));
    }

    @Test
    void write_changedByAnotherSinceTheRead_isRefusedWhole() throws Exception {
        apply(Schemas.files(), ETCD_LIMIT);
        try (EtcdTarget stale = new EtcdTarget(config, ETCD_LIMIT)) {
            stale.current();
            apply(Schemas.edited("ttl: 365 d", "ttl: 30 d"), ETCD_LIMIT);
            SchemaSnapshot mine = Schemas.parse(Schemas.edited("ttl: 365 d", "ttl: 60 d"));

            assertThatThrownBy(
                            () ->
                                    stale.write(
                                            mine,
                                            new HistoryEntry(
                                                    9, 1, Clock.systemUTC().instant(), "mine")))
                    .isInstanceOf(SchemasChangedException.class)
                    .hasMessageContaining("changed by someone else");
            assertThat(stale.current().entities().get("user").groups().get("profile").ttl())
                    .hasDays(30);
        }
    }
}
