package io.dhara.sessionizer.event;

import static io.dhara.sessionizer.event.Records.KAFKA_TIME;
import static io.dhara.sessionizer.event.Records.NOW;
import static io.dhara.sessionizer.event.Records.click;
import static io.dhara.sessionizer.event.Records.clickBut;
import static io.dhara.sessionizer.event.Records.detail;
import static io.dhara.sessionizer.event.Records.event;
import static io.dhara.sessionizer.event.Records.order;
import static io.dhara.sessionizer.event.Records.read;
import static io.dhara.sessionizer.event.Records.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.flink.source.RawRecord;
import io.dhara.sessionizer.event.UserEvent.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What good records mean. Bad ones: {@link RejectionTest}. */
class EventReaderTest {
    private static final Interaction CLICK =
            new Interaction("42", "CLICK", 2002, 101, NOW, "", "ab");

    private static List<Interaction> events(EventFormat format, RawRecord record) {
        ReadRecord read = read(format, record);
        assertThat(read.rejected()).isNull();
        assertThat(read.events()).extracting(UserEvent::kind).containsOnly(Kind.STORED);
        return read.events().stream().map(UserEvent::interaction).toList();
    }

    private static Interaction clickOf(String json) {
        List<Interaction> events = events(EventFormat.CLICK_JSON, record(json));
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    private static UserEvent one(RawRecord record) {
        ReadRecord read = read(EventFormat.EVENT, record);
        assertThat(read.rejected()).isNull();
        assertThat(read.events()).hasSize(1);
        return read.events().get(0);
    }

    /** The bytes of interop-interactions.md, section 3. */
    @Test
    void click_workedExample_isRead() {
        String json =
                """
                {"meta":{"requestId":"r-1","requestTimestamp":"1767225600000"},
                 "data":{"payload":{"user_id":"42","anonymous_user_id":"a-9","catalog_id":101,"product_id":2002,
                                    "clicked_at":1767225600000,"metadata":"ab"}}}
                """;
        assertThat(clickOf(json)).isEqualTo(CLICK);
    }

    /** The bytes of interop-interactions.md, section 3. */
    @Test
    void order_workedExample_isRead() {
        String json =
                """
                {"meta":{"timestamp":1767225600000},
                 "data":{"user_id":42,"order_splits":[{"order_details":[
                   {"product_id":2002,"sub_order_num":"S1_1","catalog_details":{"catalog_id":101}}]}]}}
                """;
        assertThat(events(EventFormat.ORDER_JSON, record(json)))
                .containsExactly(new Interaction("42", "ORDER", 2002, 101, NOW, "S1_1", ""));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                "\"42\"       | \"a-9\"   | 42",
                "\" 42 \\t\"  | \"a-9\"   | 42",
                "\"\"         | \"a-9\"   | a-9",
                "\"  \"       | \" a-9 \" | a-9",
                "\"-1\"       | \"a-9\"   | a-9",
                "\" -1 \"     | \"a-9\"   | a-9",
                "null         | \"a-9\"   | a-9",
                "\"-2\"       | \"a-9\"   | -2",
                "\"0\"        | \"a-9\"   | 0",
                "\"042\"      | \"\"      | 042",
                "42           | \"\"      | 42",
                "-1           | 9         | 9",
                "\"\\u00a042\"| \"\"      | 42",
            })
    void click_userElseAnonymousUser(String user, String anonymous, String expected) {
        String json =
                click(
                        "\"user_id\":"
                                + user
                                + ",\"anonymous_user_id\":"
                                + anonymous
                                + ",\"product_id\":1,\"clicked_at\":"
                                + NOW);
        assertThat(clickOf(json).userId()).isEqualTo(expected);
    }

    @Test
    void user_ofClickAndOrder_isTheSameText() {
        String click = clickOf(clickBut("\"metadata\":\"\"")).userId();
        assertThat(
                        events(
                                EventFormat.ORDER_JSON,
                                record(order("42", NOW + "", detail("1", "\"\"", "2")))))
                .extracting(Interaction::userId)
                .containsExactly(click);
    }

    @Test
    void members_inAnyCase_areRead() {
        String json =
                "{\"DATA\":{\"Payload\":{\"USER_ID\":\"42\",\"Product_Id\":2002,\"catalog_ID\":101,"
                        + "\"Clicked_At\":1767225600000,\"Metadata\":\"ab\"}}}";
        assertThat(clickOf(json)).isEqualTo(CLICK);
    }

    @Test
    void members_twice_lastWins() {
        assertThat(clickOf(clickBut("\"product_id\":5,\"PRODUCT_ID\":6")).productId()).isEqualTo(6);
        String splits = "{\"order_details\":[" + detail("7", "\"S\"", "8") + "]}";
        String json =
                order("1", NOW + "", detail("1", "\"A\"", "2"), detail("3", "\"B\"", "4"))
                        .replace("]}]}}", "]}],\"order_splits\":[" + splits + "]}}");
        assertThat(events(EventFormat.ORDER_JSON, record(json)))
                .extracting(Interaction::subOrder)
                .containsExactly("S");
    }

    @Test
    void members_unknownOrNull_areLeftOut() {
        Interaction click =
                clickOf(
                        clickBut(
                                "\"metadata\":null,\"more\":{\"user_id\":[1,{\"a\":2}]},\"x\":1.5"));
        assertThat(click.metadata()).isEmpty();
        assertThat(click.userId()).isEqualTo("42");
    }

    @Test
    void integers_asDecimalText_areRead() {
        assertThat(clickOf(clickBut("\"product_id\":\"77\",\"clicked_at\":\"" + (NOW - 1) + "\"")))
                .extracting(Interaction::productId, Interaction::eventTimeMillis)
                .containsExactly(77L, NOW - 1);
    }

    @Test
    void negativeIds_areRead() {
        assertThat(clickOf(clickBut("\"product_id\":-2147483648")).productId())
                .isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void text_ofAllUnicode_isRead() {
        assertThat(
                        clickOf(clickBut("\"metadata\":\"größe 日本 \\ud83d\\ude00 😀 \\u0000\""))
                                .metadata())
                .isEqualTo("größe 日本 😀 😀 \0");
    }

    @Test
    void order_isFlattenedInOrder_throughAllSplits() {
        String json =
                "{\"meta\":{\"timestamp\":1767225600000},\"data\":{\"user_id\":\"42\",\"order_splits\":["
                        + "{\"order_details\":["
                        + detail("1", "\"S1\"", "11")
                        + "]},null,{},{\"order_details\":null},{\"order_details\":["
                        + detail("2", "\"\"", "null")
                        + ","
                        + detail("3", "null", "13")
                        + "]}]}}";
        assertThat(events(EventFormat.ORDER_JSON, record(json)))
                .containsExactly(
                        new Interaction("42", "ORDER", 1, 11, NOW, "S1", ""),
                        new Interaction("42", "ORDER", 2, 0, NOW, "", ""),
                        new Interaction("42", "ORDER", 3, 13, NOW, "", ""));
    }

    @Test
    void order_oneBadDetail_isRejectedAlone() {
        String json =
                order(
                        "42",
                        NOW + "",
                        detail("1", "\"S1\"", "11"),
                        detail("{\"a\":[1]}", "5", "\"x\""),
                        detail("3", "\"S3\"", "13"));
        ReadRecord read = read(EventFormat.ORDER_JSON, record(json));
        assertThat(read.events())
                .extracting(event -> event.interaction().subOrder())
                .containsExactly("S1", "S3");
        assertThat(read.size()).isEqualTo(3);
        assertThat(read.rejected().rejected()).isEqualTo(1);
        assertThat(read.rejected().eventTimeMillis()).isEqualTo(NOW);
        assertThat(read.rejected().rejections())
                .singleElement()
                .satisfies(
                        rejection -> {
                            assertThat(rejection.row()).isEqualTo(1);
                            assertThat(rejection.group()).isEqualTo("ORDER");
                            assertThat(rejection.reason()).isEqualTo("bad-field");
                            assertThat(rejection.detail()).contains("product_id", "an object");
                        });
    }

    @Test
    void event_protobuf_isRead() {
        RawRecord record =
                record(event("ORDER").setSubOrderNum("S1_1").setMetadata("m").setUserId("7"));
        assertThat(one(record).interaction())
                .isEqualTo(new Interaction("7", "ORDER", 2002, 101, NOW, "S1_1", "m"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"user_id\":\"7\",\"type\":\"WISHLIST\",\"product_id\":2002,\"catalog_id\":101,"
                        + "\"event_time_ms\":1767225600000,\"metadata\":\"m\"}",
                "{\"userId\":\"7\",\"type\":\"WISHLIST\",\"productId\":\"2002\",\"catalogId\":\"101\","
                        + "\"eventTimeMs\":\"1767225600000\",\"metadata\":\"m\"} \n"
            })
    void event_json_isRead(String json) {
        assertThat(one(record(json)).interaction())
                .isEqualTo(new Interaction("7", "WISHLIST", 2002, 101, NOW, "", "m"));
    }

    @ParameterizedTest
    @CsvSource({"42,a-9,42", "'',a-9,a-9", "' -1',' a-9',a-9"})
    void event_userElseAnonymousUser(String user, String anonymous, String expected) {
        RawRecord record = record(event("CLICK").setUserId(user).setAnonymousUserId(anonymous));
        assertThat(one(record).userId()).isEqualTo(expected);
    }

    @Test
    void event_withoutTime_happenedAtTheKafkaTimestamp() {
        assertThat(one(record(event("CLICK").setEventTimeMs(0))).interaction().eventTimeMillis())
                .isEqualTo(KAFKA_TIME);
        String json = "{\"user_id\":\"7\",\"type\":\"CLICK\",\"product_id\":1}";
        assertThat(one(record(json)).interaction().eventTimeMillis()).isEqualTo(KAFKA_TIME);
    }

    @Test
    void event_ofTypeThatIsNotStored_isAMarker() {
        UserEvent open = one(record(event("APP_OPEN").setProductId(0).setMetadata("cold start")));
        assertThat(open.kind()).isEqualTo(Kind.MARKER);
        assertThat(open.interaction())
                .isEqualTo(new Interaction("42", "APP_OPEN", 0, 101, NOW, "", ""));
    }

    @Test
    void event_ofEraseUser_isAnErasure() {
        UserEvent erase = one(record(event("ERASE_USER").setProductId(5)));
        assertThat(erase.kind()).isEqualTo(Kind.ERASE);
        assertThat(erase.interaction())
                .isEqualTo(new Interaction("42", "ERASE_USER", 0, 0, NOW, "", ""));
    }

    @Test
    void event_ofATypeAddedBySettings_isRead() {
        Map<String, String> given =
                Map.of("interactions.types", "RATE", "interactions.type.RATE.layout", "2");
        EventRules rules = new EventRules(Records.types(given), 2000, 3, 20);
        RawRecord record = record(event("RATE").setProductId(1L << 40).setSubOrderNum("r"));
        assertThat(read(EventFormat.EVENT, rules, record).events())
                .extracting(event -> event.interaction().productId())
                .containsExactly(1L << 40);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                NOW - 24L * 7 * 24 * 60 * 60 * 1000,
                NOW,
                NOW + 5 * 60 * 1000,
            })
    void eventTime_atTheEndsOfTheWindow_isGood(long millis) {
        assertThat(clickOf(clickBut("\"clicked_at\":" + millis)).eventTimeMillis())
                .isEqualTo(millis);
    }

    @Test
    void userId_ofTheMostBytes_isGood() {
        assertThat(one(record(event("CLICK").setUserId("ü".repeat(10)))).userId()).hasSize(10);
    }

    @Test
    void metadata_ofTheMostBytes_isGood() {
        EventRules rules = new EventRules(Records.TYPES, 1 << 20, 3, 20);
        RawRecord record = record(event("CLICK").setMetadata("m".repeat(65_535)));
        assertThat(read(EventFormat.EVENT, rules, record).rejected()).isNull();
    }

    @Test
    void record_ofTheMostBytesAndDetails_isGood() {
        String json = clickBut("\"metadata\":\"\"");
        String padded = json + " ".repeat(2000 - json.getBytes(StandardCharsets.UTF_8).length);
        assertThat(clickOf(padded).userId()).isEqualTo("42");
        String one = detail("1", "\"S\"", "1");
        assertThat(events(EventFormat.ORDER_JSON, record(order("1", NOW + "", one, one, one))))
                .hasSize(3);
    }
}
