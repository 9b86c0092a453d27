package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierConfig.KeyStyle;
import io.dhara.stores.interaction.HotTierConfig.Member;
import org.junit.jupiter.api.Test;

/** With product ids as members, other consumers find the mission's sets and ours lose nothing. */
final class HotTierProductsITCase extends HotTierFixture {
    private static final String U = "u1";

    @Override
    HotTierConfig config() {
        HotTierConfig defaults = HotTierConfig.defaults();
        return new HotTierConfig(
                KeyStyle.PLAIN, Member.PRODUCT_ID, defaults.ttl(), defaults.beaconRefresh());
    }

    @Test
    void add_sameProductTwice_isOneMemberAtItsNewestTimeAndTwoEvents() {
        establish();
        Interaction[] clicks = {click(U, 1, T + 5), click(U, 1, T), click(U, 2, T + 1)};
        add(U, EPOCH, clicks);
        add(writer, U, EPOCH, true, click(U, 1, T)); // an older one, again
        load(U, EPOCH);

        assertThat(redis.zrange(U + "_CLICK", 0, -1)).containsExactly("2", "1");
        assertThat(redis.zscore(U + "_CLICK", "1")).isEqualTo(T + 5);
        assertThat(read(U).state()).isEqualTo(State.HOT);
        assertThat(read(U).lists().get(0).complete()).isTrue();
        assertThat(clicks(U)).containsExactly(clicks[0], clicks[2], clicks[1]);

        assertThat(closeSession(U, EPOCH)).isTrue();
        assertThat(redis.keys(U + "*")).isEmpty();
    }
}
