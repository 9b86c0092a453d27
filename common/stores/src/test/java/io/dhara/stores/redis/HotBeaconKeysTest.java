package io.dhara.stores.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.stores.redis.HotBeaconKeys.Place;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HotBeaconKeysTest {
    @Test
    void ofCluster_threePrimaries_areOnePerPrimary() {
        List<List<Object>> slots =
                List.of(range(0, 5460, "a"), range(5461, 10922, "b"), range(10923, 16383, "c"));
        assertThat(owners(HotBeaconKeys.ofCluster(slots), slots))
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void ofCluster_primaryOfOneSlot_hasOneToo() {
        List<List<Object>> slots =
                List.of(range(0, 7, "a"), range(8, 8, "b"), range(9, 16383, "a"));
        List<Place> keys = HotBeaconKeys.ofCluster(slots);
        assertThat(owners(keys, slots)).containsExactlyInAnyOrder("a", "b");
        assertThat(new String(keys.get(0).key(), StandardCharsets.US_ASCII))
                .isEqualTo("dhara:hot-tier:{0}");
    }

    @Test
    void ofCluster_primaryWithOtherSlots_isAnotherPlace() {
        Place before = HotBeaconKeys.ofCluster(List.of(range(0, 16383, "a"))).get(0);
        Place same =
                HotBeaconKeys.ofCluster(List.of(range(9, 16383, "b"), range(0, 8, "b"))).get(0);
        Place after =
                HotBeaconKeys.ofCluster(List.of(range(0, 16382, "a"), range(16383, 16383, "b")))
                        .get(0);
        assertThat(same.slots()).isEqualTo(before.slots());
        assertThat(after.slots()).isNotEqualTo(before.slots());
    }

    @Test
    void ofCluster_slotWithoutPrimary_failsNamingIt() {
        assertThatThrownBy(() -> HotBeaconKeys.ofCluster(List.of(range(1, 16383, "a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slot 0");
    }

    private static List<String> owners(List<Place> keys, List<List<Object>> slots) {
        List<String> owners = new ArrayList<>();
        for (Place key : keys) {
            long slot = SlotHash.getSlot(key.key());
            for (List<Object> range : slots) {
                if (slot >= (Long) range.get(0) && slot <= (Long) range.get(1)) {
                    owners.add((String) ((List<?>) range.get(2)).get(2));
                }
            }
        }
        return owners;
    }

    private static List<Object> range(long from, long to, String id) {
        return List.of(from, to, List.of("127.0.0.1", 6379L, id));
    }
}
