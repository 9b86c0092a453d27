package io.dhara.core.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionType.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InteractionTypesTest {

    private static InteractionTypes read(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        InteractionTypes types = InteractionTypes.from(settings);
        settings.finish();
        return types;
    }

    @Test
    void types_byDefault() {
        InteractionTypes types = read(Map.of());
        assertThat(types.all())
                .extracting(InteractionType::name)
                .containsExactly("CLICK", "ORDER", "ADD_TO_CART", "WISHLIST", "SHARE", "APP_OPEN");
        assertThat(types.stored())
                .extracting(InteractionType::table)
                .containsExactly("click", "order", "add_to_cart", "wishlist", "share");
        assertThat(types.byName("ORDER"))
                .hasValue(new InteractionType("ORDER", true, "order", Shape.ORDER, 1, 500, 500));
        assertThat(types.byName("APP_OPEN").orElseThrow().stored()).isFalse();
        assertThat(types.byName("click")).isEmpty();
    }

    @Test
    void i21_newType_isOneMoreWord() {
        InteractionTypes types = read(Map.of("interactions.types", "CLICK, REVIEW"));
        assertThat(types.byName("REVIEW"))
                .hasValue(new InteractionType("REVIEW", true, "review", Shape.CLICK, 1, 500, 500));
    }

    @Test
    void type_isSetOneByOne() {
        InteractionTypes types =
                read(
                        Map.of(
                                "interactions.types", "CLICK,RETURN",
                                "interactions.type.RETURN.table", "refund",
                                "interactions.type.RETURN.shape", "order",
                                "interactions.type.RETURN.layout", "2",
                                "interactions.type.RETURN.hot-limit", "50",
                                "interactions.type.RETURN.week-limit", "2000"));
        assertThat(types.byName("RETURN"))
                .hasValue(new InteractionType("RETURN", true, "refund", Shape.ORDER, 2, 50, 2000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CLICK,click | names of A-Z, 0-9 and _: got click",
                "CLICK,CLICK | must not have CLICK twice",
                "SESSION | reserved name SESSION",
                "ERASE_USER | reserved name ERASE_USER",
                "ADD_TO_CART,CART | ADD_TO_CART beside CART",
                "END_SESSION | END_SESSION beside SESSION",
                "A_NAME_THAT_IS_TOO_LONG_FOR_A_TABLE | table must be at most 24",
                "',' | must have at least one name"
            })
    void names_thatCannotBe_areRefused(String names, String problem) {
        assertThatThrownBy(() -> read(Map.of("interactions.types", names)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "CLICK.week-limit, 512, must be 1..511",
        "CLICK.layout, 3, must be 1..2",
        "CLICK.table, Click, must be at most 24 of a-z",
        "CLICK.table, order, is also the table of",
        "REVIEW.layout, 2, is not a known setting"
    })
    void settings_thatCannotBe_areRefused(String key, String value, String problem) {
        assertThatThrownBy(() -> read(Map.of("interactions.type." + key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("interactions.type.")
                .hasMessageContaining(problem);
    }

    @Test
    void types_areSerializable() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(read(Map.of()));
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            InteractionTypes copy = (InteractionTypes) in.readObject();
            assertThat(copy.all()).isEqualTo(read(Map.of()).all());
            assertThat(copy.byName("CLICK")).isPresent();
        }
    }
}
