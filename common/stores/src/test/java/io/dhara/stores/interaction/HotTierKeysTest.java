package io.dhara.stores.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.interaction.HotTierConfig.KeyStyle;
import io.dhara.stores.interaction.HotTierConfig.Member;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HotTierKeysTest {
    private static final InteractionTypes TYPES =
            InteractionTypes.from(
                    Settings.parse(Map.of("interactions.types", "CLICK, ORDER, APP_OPEN")));

    @Test
    void all_plain_isTheMissionsForm() {
        assertThat(texts(keys(KeyStyle.PLAIN, Member.EVENT).all("42")))
                .containsExactly("42_SESSION", "42_CLICK", "42_ORDER");
    }

    @Test
    void all_productIds_haveTheMissionsKeysAndEventsBeside() {
        HotTierKeys keys = keys(KeyStyle.PLAIN, Member.PRODUCT_ID);
        assertThat(texts(keys.all("42")))
                .containsExactly(
                        "42_SESSION", "42_CLICK:events", "42_ORDER:events", "42_CLICK", "42_ORDER");
        assertThat(keys.events("ORDER")).isEqualTo(1);
        assertThat(keys.products("ORDER")).isEqualTo(3);
        assertThat(keys.sets().get(3).name()).isEqualTo("ORDER:products");
    }

    @Test
    void ofTypes_someTypes_areInTheirOrder() {
        List<InteractionType> wanted =
                Stream.of("ORDER", "CLICK").map(t -> TYPES.byName(t).orElseThrow()).toList();
        assertThat(
                        texts(
                                keys(KeyStyle.HASH_TAG, Member.PRODUCT_ID)
                                        .ofTypes("42", wanted)
                                        .toArray(byte[][]::new)))
                .containsExactly("{42}_SESSION", "{42}_ORDER:events", "{42}_CLICK:events");
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "}", "{}", "a}b{c}", "\\", "\\}", "u ser", "\u0938"})
    void all_hashTag_givesOneSlotForAnyUser(String user) {
        byte[][] all = keys(KeyStyle.HASH_TAG, Member.EVENT).all(user);
        assertThat(Arrays.stream(all).map(SlotHash::getSlot).distinct()).hasSize(1);
    }

    @Test
    void all_hashTagOfUsersThatLookAlike_differ() {
        HotTierKeys keys = keys(KeyStyle.HASH_TAG, Member.EVENT);
        assertThat(Stream.of("}", "\\}", "\\", "\\\\}").map(u -> texts(keys.all(u)).get(0)))
                .doesNotHaveDuplicates();
    }

    @Test
    void events_typeThatIsNotStored_failsNamingThoseThatAre() {
        HotTierKeys keys = keys(KeyStyle.PLAIN, Member.EVENT);
        assertThatThrownBy(() -> keys.events("APP_OPEN"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("APP_OPEN")
                .hasMessageContaining("CLICK");
    }

    private static HotTierKeys keys(KeyStyle style, Member member) {
        HotTierConfig defaults = HotTierConfig.defaults();
        return new HotTierKeys(
                new HotTierConfig(style, member, defaults.ttl(), defaults.beaconRefresh()), TYPES);
    }

    private static List<String> texts(byte[][] keys) {
        return Arrays.stream(keys).map(key -> new String(key, StandardCharsets.UTF_8)).toList();
    }
}
