package io.dhara.serving.feature;

import static io.dhara.serving.feature.TestSchemas.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.EntitySchema;
import io.dhara.serving.grpc.ServingException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestedKeysTest {
    private final EntitySchema entity =
            TestSchemas.user().keys("user_id", "shop_id").snapshot().entity("user");

    @Test
    void of_columnsInAnyOrder_ordersValuesByKeySequence() {
        RequestedKeys keys = of(List.of("shop_id", "user_id"), false, List.of("s1", "u1"));

        assertThat(keys.distinct()).containsExactly(key("u1", "s1"));
    }

    @Test
    void of_noColumns_takesTheEntitysOrder() {
        assertThat(of(null, false, List.of("u1", "s1")).distinct())
                .containsExactly(key("u1", "s1"));
    }

    @Test
    void of_duplicates_areKeptOnceAndAnsweredAsOftenAsAsked() {
        RequestedKeys keys =
                of(null, false, List.of("u1", "s1"), List.of("u2", "s1"), List.of("u1", "s1"));

        assertThat(keys.distinct()).containsExactly(key("u1", "s1"), key("u2", "s1"));
        assertThat(keys.rows()).containsExactly(0, 1, 0);
    }

    @Test
    void b24_valuesWithTheSeparator_areDifferentKeys() {
        RequestedKeys keys = of(null, false, List.of("a|b", "c"), List.of("a", "b|c"));

        assertThat(keys.distinct()).hasSize(2);
        assertThat(keys.rows()).containsExactly(0, 1);
    }

    @Test
    void b23_columnsThatAreNotTheKey_areRefused() {
        assertRefused(
                List.of("user_id", "shop"),
                false,
                "keys_schema [user_id, shop] does not name the key of entity user: shop is no key"
                        + " column; its key columns are [user_id, shop_id]");
        assertRefused(List.of("user_id", "shop"), true, "shop_id is missing");
        assertRefused(List.of("user_id"), true, "shop_id is missing");
        assertRefused(List.of("user_id", "user_id"), true, "user_id is named twice");
    }

    @Test
    void of_extraColumns_areSkippedWhereAllowed() {
        RequestedKeys keys = of(List.of("user_id", "x", "shop_id"), true, List.of("u1", "?", "s1"));

        assertThat(keys.distinct()).containsExactly(key("u1", "s1"));
    }

    @Test
    void of_keyOfAnotherLength_namesItsPlace() {
        assertThatThrownBy(() -> of(null, false, List.of("u1", "s1"), List.of("u1")))
                .isInstanceOf(ServingException.class)
                .hasMessage("keys[1]: expected 2 values as in keys_schema, got 1");
    }

    @Test
    void of_tooManyKeys_namesLimitAndCount() {
        assertThatThrownBy(
                        () ->
                                RequestedKeys.of(
                                        entity,
                                        new RequestedKeys.Source(
                                                "keys_schema",
                                                null,
                                                false,
                                                11,
                                                i -> List.of("u" + i, "s")),
                                        10))
                .hasMessage("keys: at most 10 in one request, got 11");
    }

    @Test
    void of_noKeys_doesNotLookAtTheColumns() {
        assertThat(of(List.of("nonsense"), false).rows()).isEmpty();
    }

    private void assertRefused(List<String> columns, boolean extraAllowed, String messagePart) {
        assertThatThrownBy(() -> of(columns, extraAllowed, columns))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining(messagePart);
    }

    @SafeVarargs
    private RequestedKeys of(List<String> columns, boolean extraAllowed, List<String>... keys) {
        return RequestedKeys.of(
                entity,
                new RequestedKeys.Source(
                        "keys_schema", columns, extraAllowed, keys.length, i -> keys[i]),
                100);
    }
}
