package io.dhara.sessionizer.event;

/** What the records of a source are. In settings {@code click-json} and so on. */
public enum EventFormat {
    /** BharatMLStack's click: one event a record. */
    CLICK_JSON,
    /** BharatMLStack's order: one event per order detail. */
    ORDER_JSON,
    /**
     * {@code dhara.v1.InteractionEvent}, any type, as protobuf or as JSON; a record that begins
     * with <code>{</code> is JSON, which no protobuf of it does.
     */
    EVENT;

    /** Name of the one type that its records have; empty if they say their type themselves. */
    public String type() {
        return switch (this) {
            case CLICK_JSON -> ClickJsonParser.TYPE;
            case ORDER_JSON -> OrderJsonParser.TYPE;
            case EVENT -> "";
        };
    }

    EventParser parser(EventRules rules) {
        return switch (this) {
            case CLICK_JSON -> new ClickJsonParser();
            case ORDER_JSON -> new OrderJsonParser(rules.maxDetailsPerOrder());
            case EVENT -> new EventParserOfAnyType();
        };
    }
}
