package io.dhara.sessionizer.event;

import static io.dhara.sessionizer.event.EventFormat.CLICK_JSON;
import static io.dhara.sessionizer.event.EventFormat.EVENT;
import static io.dhara.sessionizer.event.EventFormat.ORDER_JSON;
import static io.dhara.sessionizer.event.Records.KAFKA_TIME;
import static io.dhara.sessionizer.event.Records.NOW;
import static io.dhara.sessionizer.event.Records.click;
import static io.dhara.sessionizer.event.Records.clickBut;
import static io.dhara.sessionizer.event.Records.detail;
import static io.dhara.sessionizer.event.Records.event;
import static io.dhara.sessionizer.event.Records.order;
import static io.dhara.sessionizer.event.Records.record;
import static io.dhara.sessionizer.event.RejectReason.BAD_FIELD;
import static io.dhara.sessionizer.event.RejectReason.BAD_USER;
import static io.dhara.sessionizer.event.RejectReason.EXCEEDS_LAYOUT;
import static io.dhara.sessionizer.event.RejectReason.IN_FUTURE;
import static io.dhara.sessionizer.event.RejectReason.NO_DETAILS;
import static io.dhara.sessionizer.event.RejectReason.NO_EVENT_TIME;
import static io.dhara.sessionizer.event.RejectReason.NO_PRODUCT;
import static io.dhara.sessionizer.event.RejectReason.NO_USER;
import static io.dhara.sessionizer.event.RejectReason.NO_VALUE;
import static io.dhara.sessionizer.event.RejectReason.OVERSIZED_RECORD;
import static io.dhara.sessionizer.event.RejectReason.TOO_MANY_DETAILS;
import static io.dhara.sessionizer.event.RejectReason.TOO_OLD;
import static io.dhara.sessionizer.event.RejectReason.UNKNOWN_TYPE;
import static io.dhara.sessionizer.event.RejectReason.UNPARSABLE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;

import io.dhara.flink.source.RawRecord;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every shape of bad record we know, why it is rejected, and words its dead letter must say. */
final class BadRecords {
    private static final String OK = detail("1", "\"S\"", "11");
    private static final long WINDOW = 24L * 7 * 24 * 60 * 60 * 1000;

    private BadRecords() {}

    /** A bad record and words its dead letter must say. */
    record Bad(
            String name, EventFormat format, RawRecord record, RejectReason reason, String words) {
        @Override
        public String toString() {
            return format + " " + name;
        }
    }

    private static Bad badClick(String name, String json, RejectReason reason, String words) {
        return new Bad(name, CLICK_JSON, record(json), reason, words);
    }

    private static Bad badOrder(String name, String json, RejectReason reason, String words) {
        return new Bad(name, ORDER_JSON, record(json), reason, words);
    }

    private static Bad badEvent(String name, RawRecord record, RejectReason reason, String words) {
        return new Bad(name, EVENT, record, reason, words);
    }

    private static Bad bytes(
            String name, EventFormat format, byte[] value, RejectReason reason, String words) {
        return new Bad(name, format, record(value, KAFKA_TIME), reason, words);
    }

    static Stream<Bad> all() {
        return Stream.of(anyFormat(), badClicks(), badOrders(), badEvents())
                .flatMap(Set::stream)
                .sorted((a, b) -> a.toString().compareTo(b.toString()));
    }

    private static Set<Bad> anyFormat() {
        return Arrays.stream(EventFormat.values())
                .flatMap(
                        format ->
                                Stream.of(
                                        bytes("tombstone", format, null, NO_VALUE, "no value"),
                                        bytes(
                                                "huge",
                                                format,
                                                new byte[2001],
                                                OVERSIZED_RECORD,
                                                "2001"),
                                        bytes(
                                                "open object",
                                                format,
                                                "{\"a\":1".getBytes(ISO_8859_1),
                                                UNPARSABLE,
                                                "at byte"),
                                        bytes(
                                                "deep",
                                                format,
                                                ("{\"a\":" + "[".repeat(100)).getBytes(ISO_8859_1),
                                                UNPARSABLE,
                                                "depth"),
                                        bytes(
                                                "two objects",
                                                format,
                                                "{}{}".getBytes(ISO_8859_1),
                                                UNPARSABLE,
                                                "follows"),
                                        bytes(
                                                "empty object",
                                                format,
                                                "{}".getBytes(ISO_8859_1),
                                                NO_USER,
                                                "no user")))
                .collect(Collectors.toSet());
    }

    private static Set<Bad> badClicks() {
        byte[] latin = clickBut("\"metadata\":\"größe\"").getBytes(ISO_8859_1);
        byte[] utf16 = clickBut("\"metadata\":\"\"").getBytes(UTF_16BE);
        String noUser = "\"product_id\":1,\"clicked_at\":" + NOW;
        return Set.of(
                bytes("empty", CLICK_JSON, new byte[0], UNPARSABLE, "empty"),
                bytes("Latin-1", CLICK_JSON, latin, UNPARSABLE, "UTF-8"),
                bytes("UTF-16", CLICK_JSON, utf16, UNPARSABLE, "JSON"),
                bytes("zeros", CLICK_JSON, new byte[30], UNPARSABLE, "JSON"),
                badClick("blank", "  \n", UNPARSABLE, "empty"),
                badClick("array", "[]", BAD_FIELD, "the record must be an object: got an array"),
                badClick("text", "\"x\"", BAD_FIELD, "got a string"),
                badClick("null", "null", NO_USER, ""),
                badClick("comma at the end", "{\"data\":{},}", UNPARSABLE, "at byte"),
                badClick("single quotes", "{'data':{}}", UNPARSABLE, "at byte"),
                badClick("not a number", clickBut("\"product_id\":NaN"), UNPARSABLE, ""),
                badClick("control character", clickBut("\"metadata\":\"\n\""), UNPARSABLE, ""),
                badClick("data is text", "{\"data\":\"x\"}", BAD_FIELD, "data must be an object"),
                badClick("payload is a list", "{\"data\":{\"payload\":[]}}", BAD_FIELD, "payload"),
                badClick("no user", click(noUser), NO_USER, "no user"),
                badClick("user -1", click("\"user_id\":\"-1\"," + noUser), NO_USER, ""),
                badClick(
                        "user -1 and anonymous -1",
                        click("\"user_id\":\" -1\",\"anonymous_user_id\":\"-1 \"," + noUser),
                        NO_USER,
                        ""),
                badClick("user is true", clickBut("\"user_id\":true"), BAD_FIELD, "user_id"),
                badClick("user is a fraction", clickBut("\"user_id\":4.2"), BAD_FIELD, "fraction"),
                badClick(
                        "user too long",
                        clickBut("\"user_id\":\"" + "u".repeat(21) + "\""),
                        BAD_USER,
                        "21"),
                badClick(
                        "user too long in UTF-8",
                        clickBut("\"user_id\":\"" + "ü".repeat(11) + "\""),
                        BAD_USER,
                        "20 bytes"),
                badClick(
                        "user half a pair",
                        clickBut("\"user_id\":\"a\\ud83d\""),
                        BAD_USER,
                        "Unicode"),
                badClick(
                        "user other half",
                        clickBut("\"user_id\":\"\\ude00a\""),
                        BAD_USER,
                        "Unicode"),
                badClick(
                        "metadata half a pair",
                        clickBut("\"metadata\":\"\\ud83d\""),
                        EXCEEDS_LAYOUT,
                        "Unicode"),
                badClick(
                        "product is text",
                        clickBut("\"product_id\":\"shoe\""),
                        BAD_FIELD,
                        "product_id"),
                badClick(
                        "product is empty",
                        clickBut("\"product_id\":\"\""),
                        BAD_FIELD,
                        "product_id"),
                badClick(
                        "product is a fraction",
                        clickBut("\"product_id\":2002.0"),
                        BAD_FIELD,
                        "fraction"),
                badClick(
                        "product has an exponent",
                        clickBut("\"product_id\":2e3"),
                        BAD_FIELD,
                        "exponent"),
                badClick(
                        "product over 64 bits",
                        clickBut("\"product_id\":9223372036854775808"),
                        BAD_FIELD,
                        "64 bits"),
                badClick(
                        "product over 32 bits",
                        clickBut("\"product_id\":2147483648"),
                        EXCEEDS_LAYOUT,
                        "2147483648"),
                badClick(
                        "catalogue over 32 bits",
                        clickBut("\"catalog_id\":-2147483649"),
                        EXCEEDS_LAYOUT,
                        "catalog"),
                badClick(
                        "no product",
                        clickBut("\"product_id\":0,\"catalog_id\":null"),
                        NO_PRODUCT,
                        "0"),
                badClick(
                        "metadata is an object",
                        clickBut("\"metadata\":{\"a\":1}"),
                        BAD_FIELD,
                        "metadata"),
                badClick("no time", clickBut("\"clicked_at\":null"), NO_EVENT_TIME, "no time"),
                badClick(
                        "time in seconds",
                        clickBut("\"clicked_at\":1767225600"),
                        TOO_OLD,
                        "1767225600"),
                badClick(
                        "time in micros",
                        clickBut("\"clicked_at\":1767225600000000"),
                        IN_FUTURE,
                        "1767225600000000"),
                badClick("negative time", clickBut("\"clicked_at\":-1"), TOO_OLD, "-1"),
                badClick(
                        "24 weeks and 1 ms ago",
                        clickBut("\"clicked_at\":" + (NOW - WINDOW - 1)),
                        TOO_OLD,
                        ""),
                badClick(
                        "5 min and 1 ms ahead",
                        clickBut("\"clicked_at\":" + (NOW + 300_001)),
                        IN_FUTURE,
                        ""));
    }

    private static Set<Bad> badOrders() {
        String now = NOW + "";
        return Set.of(
                badOrder("user 0", order("0", now, OK), NO_USER, "not positive"),
                badOrder("user -1", order("-1", now, OK), NO_USER, "not positive"),
                badOrder("user -42", order("-42", now, OK), NO_USER, "not positive"),
                badOrder("user null", order("null", now, OK), NO_USER, "not positive"),
                badOrder("user is text", order("\"u\"", now, OK), BAD_FIELD, "user_id"),
                badOrder("no time", order("42", "null", OK), NO_EVENT_TIME, ""),
                badOrder("too old", order("42", "1", OK), TOO_OLD, ""),
                badOrder("no details", order("42", now), NO_DETAILS, ""),
                badOrder(
                        "no splits", order("42", now).replace("order_splits", "x"), NO_DETAILS, ""),
                badOrder(
                        "too many details",
                        order("42", now, OK, OK, OK, OK),
                        TOO_MANY_DETAILS,
                        "4"),
                badOrder(
                        "splits are an object",
                        "{\"data\":{\"user_id\":42,\"order_splits\":{}}}",
                        BAD_FIELD,
                        "an array"),
                badOrder(
                        "split is a number",
                        "{\"data\":{\"order_splits\":[7]}}",
                        BAD_FIELD,
                        "an object"),
                badOrder("detail is text", order("42", now, "\"x\""), BAD_FIELD, "order_details"),
                badOrder("detail is null", order("42", now, "null"), NO_PRODUCT, ""),
                badOrder("detail is empty", order("42", now, "{}"), NO_PRODUCT, ""),
                badOrder(
                        "sub-order is a number",
                        order("42", now, detail("1", "7", "1")),
                        BAD_FIELD,
                        "sub_order_num"),
                badOrder(
                        "catalogue is a list",
                        order("42", now, detail("1", "\"S\"", "[2]")),
                        BAD_FIELD,
                        "catalog_id"),
                badOrder(
                        "product over 32 bits",
                        order("42", now, detail("2147483648", "\"S\"", "1")),
                        EXCEEDS_LAYOUT,
                        ""));
    }

    private static Set<Bad> badEvents() {
        byte[] truncated = event("CLICK").setMetadata("abc").build().toByteArray();
        byte[] latin = event("CLICK").setMetadata("xyz").build().toByteArray();
        latin[latin.length - 1] = (byte) 0xff;
        return Set.of(
                bytes("empty", EVENT, new byte[0], NO_USER, ""),
                bytes(
                        "truncated",
                        EVENT,
                        Arrays.copyOf(truncated, truncated.length - 1),
                        UNPARSABLE,
                        "dhara.v1.InteractionEvent"),
                bytes("Latin-1", EVENT, latin, UNPARSABLE, "UTF-8"),
                bytes("random", EVENT, new byte[] {-1, 1, 2, 3}, UNPARSABLE, ""),
                bytes("JSON after a space", EVENT, " {}".getBytes(ISO_8859_1), UNPARSABLE, ""),
                badEvent("no type", record(event("")), UNKNOWN_TYPE, "got none"),
                badEvent("unknown type", record(event("LIKE")), UNKNOWN_TYPE, "LIKE"),
                badEvent("type in lower case", record(event("click")), UNKNOWN_TYPE, "click"),
                badEvent(
                        "type of the marker key",
                        record(event("SESSION")),
                        UNKNOWN_TYPE,
                        "SESSION"),
                badEvent("no user", record(event("CLICK").setUserId("-1")), NO_USER, ""),
                badEvent(
                        "no product",
                        record(event("SHARE").setProductId(0).setCatalogId(0)),
                        NO_PRODUCT,
                        ""),
                badEvent(
                        "no time at all",
                        record(event("CLICK").setEventTimeMs(0).build().toByteArray(), -1),
                        NO_EVENT_TIME,
                        "Kafka"),
                badEvent(
                        "Kafka time too old",
                        record(event("CLICK").setEventTimeMs(0).build().toByteArray(), 5),
                        TOO_OLD,
                        ""),
                badEvent(
                        "erasure in the future",
                        record(event("ERASE_USER").setEventTimeMs(NOW + 300_001)),
                        IN_FUTURE,
                        ""),
                badEvent(
                        "marker too old", record(event("APP_OPEN").setEventTimeMs(1)), TOO_OLD, ""),
                badEvent(
                        "sub-order of a click",
                        record(event("CLICK").setSubOrderNum("S")),
                        EXCEEDS_LAYOUT,
                        "sub-order"),
                badEvent(
                        "id over 32 bits",
                        record(event("WISHLIST").setProductId(1L << 31)),
                        EXCEEDS_LAYOUT,
                        "product-id"),
                badEvent(
                        "JSON number as type",
                        record("{\"user_id\":\"1\",\"type\":5}"),
                        BAD_FIELD,
                        "type"));
    }
}
