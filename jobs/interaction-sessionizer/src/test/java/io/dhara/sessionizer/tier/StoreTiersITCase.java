package io.dhara.sessionizer.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.config.Settings;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.sessionizer.InteractionSessionizerConfig;
import io.dhara.stores.Endpoint;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.scylla.ScyllaConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a subtask opens and closes; part 6 of 7 is no other test's. */
class StoreTiersITCase {
    private static final int PART = 6;
    private static final int PARTS = 7;
    private static final String HOT_WRITER = "dhara-hot-tier-writer-" + PART;
    private static final String CLIENTS = "SELECT client_options FROM system_views.clients";
    private static final String CLIENT_ID = "CLIENT_ID";

    private static StoreTiers tiers(Map<String, String> own) {
        Map<String, String> given = new HashMap<>();
        given.put("kafka.bootstrap-servers", SharedServers.kafka().bootstrapServers());
        given.put("stores.redis.2.hosts", SharedServers.redis().address());
        given.put("stores.scylla.1.contact-points", SharedServers.cassandra().address());
        given.put("stores.scylla.1.datacenter", EmbeddedCassandra.DATACENTER);
        given.put("stores.scylla.1.keyspace", "store_tiers");
        given.putAll(own);
        Settings settings = Settings.parse(given);
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();
        KafkaSettings kafka = config.kafka();
        return new StoreTiers(
                kafka,
                config.topics().sessions(),
                config.topics().deadLetters(),
                config.topics().deadLetterMaxBytes(),
                config.rules().types(),
                config.stores(),
                config.hot(),
                config.cold());
    }

    @Test
    void open_aSubtask_hasOneSessionOfTheCqlStoreAndClosesIt() {
        ScyllaConfig own =
                ScyllaConfig.of(
                        List.of(Endpoint.parse(SharedServers.cassandra().address())),
                        EmbeddedCassandra.DATACENTER,
                        "store_tiers");
        try (ScyllaConnection observer = ScyllaConnection.open(own)) {
            CqlSession cql = observer.session(Duration.ofSeconds(30)).join();
            Set<String> before = sessions(cql);
            try (Tiers tiers = tiers(Map.of()).open(PART, PARTS)) {
                assertThat(tiers.cold()).isNotNull();
                Awaitility.await()
                        .pollDelay(Duration.ofSeconds(2))
                        .untilAsserted(() -> assertThat(since(cql, before)).hasSize(1));
            }
            Awaitility.await().untilAsserted(() -> assertThat(since(cql, before)).isEmpty());
        }
        assertGone(HOT_WRITER);
    }

    private static Set<String> since(CqlSession cql, Set<String> before) {
        Set<String> now = new HashSet<>(sessions(cql));
        now.removeAll(before);
        return now;
    }

    private static Set<String> sessions(CqlSession cql) {
        return cql.execute(CLIENTS).all().stream()
                .map(StoreTiersITCase::clientId)
                .filter(id -> !id.isEmpty())
                .collect(Collectors.toSet());
    }

    private static String clientId(Row row) {
        Map<String, String> options = row.getMap("client_options", String.class, String.class);
        return options == null ? "" : options.getOrDefault(CLIENT_ID, "");
    }

    @Test
    void open_coldTierRefusesItsSettings_closesWhatWasOpened() {
        StoreTiers tiers = tiers(Map.of("stores.scylla.1.consistency", "LOCAL_ONE"));
        Set<Thread> before = threads();
        assertThatThrownBy(() -> tiers.open(PART, PARTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("consistency of the cold tier's writer");
        assertGone(HOT_WRITER);
        Awaitility.await()
                .untilAsserted(
                        () -> {
                            Set<Thread> now = threads();
                            now.removeAll(before);
                            assertThat(now)
                                    .extracting(Thread::getName)
                                    .noneMatch(
                                            name ->
                                                    name.startsWith("kafka-producer")
                                                            || name.matches("s\\d+-.*"));
                        });
    }

    private static void assertGone(String thread) {
        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThat(threads())
                                        .extracting(Thread::getName)
                                        .doesNotContain(thread));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .collect(Collectors.toSet());
    }
}
