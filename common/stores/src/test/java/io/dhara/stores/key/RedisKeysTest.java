package io.dhara.stores.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RedisKeysTest {
    @Test
    void storeKey_plainValues_isThePeersForm() {
        assertThat(text("user", "u1")).isEqualTo("user:u1");
        assertThat(text("user_product", "u1", "p:2")).isEqualTo("user_product:u1|p:2");
        assertThat(text("user", "")).isEqualTo("user:");
    }

    @Test
    void storeKey_separatorsInValues_areEscaped() {
        assertThat(text("user", "a|b", "c")).isEqualTo("user:a\\|b|c");
        assertThat(text("user", "a", "b|c")).isEqualTo("user:a|b\\|c");
        assertThat(text("user", "a\\", "b")).isEqualTo("user:a\\\\|b");
        assertThat(text("a:b", "c")).isEqualTo("a\\:b:c");
    }

    @Test
    void b24_keysOverAllSeparators_neverCollide() {
        List<String> parts = new ArrayList<>(List.of(""));
        for (int from = 0; parts.get(from).length() < 3; from++) {
            for (char c : new char[] {'a', '|', '\\', ':'}) {
                parts.add(parts.get(from) + c);
            }
        }
        Map<String, EntityKey> seen = new HashMap<>();
        List<String> labels = parts.stream().filter(p -> p.length() < 2).toList();
        for (String label : labels) {
            for (String first : parts) {
                check(seen, new EntityKey(label, List.of(first)));
                for (String second : parts) {
                    check(seen, new EntityKey(label, List.of(first, second)));
                }
            }
        }
    }

    private static void check(Map<String, EntityKey> seen, EntityKey key) {
        assertThat(seen.put(RedisKeys.text(key), key)).as(key.toString()).isNull();
    }

    @Test
    void b12_cacheKeyWithPrefix_isNotTheStoreKey() {
        EntityKey key = new EntityKey("user", List.of("ü1"));
        assertThat(RedisKeys.cacheKey("", key)).isEqualTo(RedisKeys.storeKey(key));
        assertThat(RedisKeys.cacheKey("cache:", key)).asString().isEqualTo("cache:user:ü1");
    }

    private static String text(String entity, String... values) {
        return RedisKeys.text(new EntityKey(entity, List.of(values)));
    }
}
