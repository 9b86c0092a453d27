package io.dhara.realtime.source;

import static io.dhara.realtime.source.Sources.bytes;
import static io.dhara.realtime.source.Sources.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.realtime.domain.event.FieldType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonValuesTest {
    private final JsonValues values =
            new JsonValues(
                    fields(
                            "id", FieldType.STRING,
                            "n", FieldType.INT64,
                            "x", FieldType.DOUBLE,
                            "ok", FieldType.BOOLEAN,
                            "user.address.city", FieldType.STRING,
                            "user.age", FieldType.INT64));

    @Test
    void parse_everyType_givesFieldsInOrder() {
        assertThat(
                        values.parse(
                                bytes(
                                        """
                                        {"other": [{"id": "no"}, 1], "ok": true, "x": 1, "n": -3,
                                         "user": {"id": "no", "age": 7,
                                                  "address": {"city": "Pune", "zip": {}}},
                                         "id": "ü😀"}
                                        """)))
                .containsExactly("ü😀", -3L, 1.0, true, "Pune", 7L);
    }

    @Test
    void parse_absentAndNull_areNull() {
        assertThat(values.parse(bytes("{\"id\": null, \"user\": null}")))
                .containsExactly(null, null, null, null, null, null);
        assertThat(values.parse(bytes("{\"user\": {\"address\": {}}}"))).containsOnlyNulls();
    }

    @Test
    void parse_wholeNumbers_keepEveryBit() {
        assertThat(values.parse(bytes("{\"n\": 9223372036854775807}"))[1])
                .isEqualTo(Long.MAX_VALUE);
        assertThat(values.parse(bytes("{\"n\": -9223372036854775808}"))[1])
                .isEqualTo(Long.MIN_VALUE);
        assertThat(values.parse(bytes("{\"n\": 5.0}"))[1]).isEqualTo(5L);
        assertThat(values.parse(bytes("{\"n\": 1.5e3}"))[1]).isEqualTo(1500L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\": 5} | field id must be a text: got the number 5",
                "{\"id\": true} | field id must be a text: got true",
                "{\"id\": {\"a\": 1}} | field id must be a text: got an object",
                "{\"id\": [1]} | field id must be a text: got an array",
                "{\"id\": \"\\ud800\"} | field id must be Unicode text: got half a surrogate pair"
                        + " at character 0",
                "{\"id\": \"a\\ud800b\"} | field id must be Unicode text: got half a surrogate"
                        + " pair at character 1",
                "{\"id\": \"a\", \"id\": \"b\"} | field id must be there once: got it twice",
                "{\"n\": \"5\"} | field n must be a whole number of 64 bits: got the text 5",
                "{\"n\": 5.5} | field n must be a whole number of 64 bits: got the number 5.5",
                "{\"n\": 1e999999999} | field n must be a whole number of 64 bits: got the number"
                        + " 1e999999999",
                "{\"n\": 9223372036854775808} | field n must be a whole number of 64 bits: got the"
                        + " number 9223372036854775808",
                "{\"n\": 9007199254740993.0} | field n must be a whole number of 64 bits: got the"
                        + " number 9007199254740993.0",
                "{\"x\": \"NaN\"} | field x must be a number: got the text NaN",
                "{\"x\": 1e999} | field x must be a number: got the number 1e999",
                "{\"ok\": 1} | field ok must be true or false: got the number 1",
                "{\"ok\": \"true\"} | field ok must be true or false: got the text true",
                "{\"user\": 5} | field user must be an object: got the number 5",
                "{\"user\": [{}]} | field user must be an object: got an array",
                "{\"user\": {\"address\": \"x\"}} | field user.address must be an object: got the"
                        + " text x",
                "{\"user\": {\"age\": \"7\"}} | field user.age must be a whole number of 64 bits:"
                        + " got the text 7",
            })
    void parse_badField_namesFieldValueAndExpected(String json, String detail) {
        assertThatThrownBy(() -> values.parse(bytes(json)))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(RejectReason.BAD_FIELD))
                .hasMessage(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | must be a JSON object: got an array",
                "5 | must be a JSON object: got the number 5",
                "null | must be a JSON object: got null",
                "`   ` | must be a JSON object: got nothing",
                "{} {} | nothing may follow the JSON object: got an object",
                "{} x | no JSON",
                "{\"id\": \"a\" | no JSON",
                "{\"id\": 'a'} | no JSON",
                "{id: \"a\"} | no JSON",
                "{\"id\": \"a\",} | no JSON",
                "{\"x\": NaN} | no JSON",
                "{\"n\": 01} | no JSON",
                "{\"other\": \"\u0001\"} | no JSON",
            })
    void parse_noJson_isMalformed(String json, String detail) {
        assertMalformed(bytes(json), detail);
    }

    @Test
    void parse_deepNesting_isMalformed() {
        assertMalformed(bytes("{\"other\": " + "[".repeat(100_000)), "no JSON");
    }

    @Test
    void parse_badUtf8_isMalformed() {
        assertMalformed("{\"id\": \"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1), "no JSON");
    }

    @Test
    void parse_longText_isShownShortened() {
        assertThatThrownBy(() -> values.parse(bytes("{\"n\": \"" + "9".repeat(1_000) + "\"}")))
                .hasMessageEndingWith("got the text " + "9".repeat(40) + "…");
    }

    private void assertMalformed(byte[] json, String detail) {
        assertThatThrownBy(() -> values.parse(json))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.reason()).isEqualTo(RejectReason.MALFORMED))
                .hasMessageContaining(detail);
    }
}
