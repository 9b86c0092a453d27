package io.dhara.stores.write.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.etcd.EtcdKeys;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeyChangesTest {
    private static final String BASE = "/config/onfs";
    private static final String PROFILE = BASE + "/entities/user/feature-groups/profile";

    private static Map<String, String> keys(SchemaSnapshot snapshot) {
        return EtcdKeys.of(BASE, snapshot);
    }

    private static final Map<String, String> EXAMPLES = keys(Schemas.examples());

    @Test
    void same_changesNothing() {
        KeyChanges changes = KeyChanges.between(EXAMPLES, EXAMPLES, EXAMPLES);

        assertThat(changes.puts()).isEmpty();
        assertThat(changes.deletes()).isEmpty();
    }

    @Test
    void oneValue_isOnePut() {
        Map<String, String> desired = keys(Schemas.parse(Schemas.edited("ttl: 365 d", "ttl: 1 d")));

        KeyChanges changes = KeyChanges.between(EXAMPLES, EXAMPLES, desired);

        assertThat(changes.puts()).isEqualTo(Map.of(PROFILE + "/ttl-in-seconds", "86400"));
        assertThat(changes.deletes()).isEmpty();
    }

    /** What Dhara writes otherwise but means the same, or does not know, is the peer's. */
    @Test
    void keysOfThePeer_areLeftAlone() {
        Map<String, String> raw = new TreeMap<>(EXAMPLES);
        raw.put(BASE + "/entities/user/p2p-cache/enabled", "true");
        raw.put(BASE + "/source/user|profile|city", "TABLE|a.b|c|d");
        raw.computeIfPresent(PROFILE + "/features/1/feature-meta", (key, json) -> json + " ");

        KeyChanges changes = KeyChanges.between(raw, EXAMPLES, EXAMPLES);

        assertThat(changes.puts()).isEmpty();
        assertThat(changes.deletes()).isEmpty();
    }

    @Test
    void b54_twinInOtherCase_goesWhenItsKeyIsWritten() {
        Map<String, String> raw = new TreeMap<>(EXAMPLES);
        String twin = PROFILE + "/TtlInSeconds";
        raw.put(twin, raw.remove(PROFILE + "/ttl-in-seconds"));
        Map<String, String> desired = keys(Schemas.parse(Schemas.edited("ttl: 365 d", "ttl: 1 d")));

        KeyChanges changes = KeyChanges.between(raw, EXAMPLES, desired);

        assertThat(changes.puts()).containsOnlyKeys(PROFILE + "/ttl-in-seconds");
        assertThat(changes.deletes()).containsExactly(twin);
    }

    @Test
    void groupAsJson_isWrittenAsLeavesWhenItChanges() {
        Map<String, String> raw = new TreeMap<>(EXAMPLES);
        raw.keySet().removeIf(key -> key.startsWith(PROFILE + "/"));
        raw.put(PROFILE, "{\"id\":2}");
        Map<String, String> desired = keys(Schemas.parse(Schemas.edited("ttl: 365 d", "ttl: 1 d")));

        KeyChanges changes = KeyChanges.between(raw, EXAMPLES, desired);

        assertThat(changes.deletes()).containsExactly(PROFILE);
        assertThat(changes.puts())
                .containsKeys(PROFILE + "/ttl-in-seconds", PROFILE + "/features/1/labels");
        assertThat(changes.puts()).allSatisfy((key, value) -> assertThat(key).startsWith(PROFILE));
        assertThat(KeyChanges.between(raw, EXAMPLES, EXAMPLES).puts()).isEmpty();
    }

    @Test
    void removedEntity_goesWithAllBelowIt() {
        Map<String, String> files = Schemas.files();
        files.remove("product.yaml");
        Map<String, String> raw = new TreeMap<>(EXAMPLES);
        raw.put(BASE + "/entities/product/p2p-cache/enabled", "true");

        KeyChanges changes = KeyChanges.between(raw, EXAMPLES, keys(Schemas.parse(files)));

        raw.keySet().removeAll(changes.deletes());
        assertThat(raw.keySet()).noneMatch(key -> key.contains("/product/"));
        assertThat(raw.keySet()).anyMatch(key -> key.contains("/user_category/"));
        assertThat(changes.puts()).isEmpty();
    }

    @Test
    void ordered_keysThatMakeItSeen_areLast() {
        KeyChanges changes = KeyChanges.between(Map.of(), Map.of(), EXAMPLES);

        List<String> ordered = changes.ordered();

        assertThat(ordered).hasSize(EXAMPLES.size());
        int first = ordered.indexOf(BASE + "/entities/product/feature-groups/rates/active-version");
        assertThat(ordered.subList(first, ordered.size()).stream().filter(EtcdKeys::activates))
                .isNotEmpty();
        assertThat(ordered.stream().dropWhile(key -> !EtcdKeys.activates(key)))
                .allMatch(EtcdKeys::activates);
    }
}
