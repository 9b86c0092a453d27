package io.dhara.sessionizer.event;

import io.dhara.core.interaction.UserIds;
import io.dhara.flink.source.RawRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * BharatMLStack's order, one event per detail, all at the envelope's time:
 *
 * <pre>{@code
 * {"meta":{"timestamp":1767225600000},
 *  "data":{"user_id":42,"order_splits":[{"order_details":[
 *    {"product_id":2002,"sub_order_num":"S1_1","catalog_details":{"catalog_id":101}}]}]}}
 * }</pre>
 *
 * <p>Details are counted through all splits, from 0. One that cannot be read is left out alone.
 */
final class OrderJsonParser implements EventParser {
    static final String TYPE = "ORDER";

    private final int maxDetails;

    OrderJsonParser(int maxDetails) {
        this.maxDetails = maxDetails;
    }

    @Override
    public ParsedRecord parse(RawRecord record, byte[] value) {
        return JsonCursor.parse(value, this::read);
    }

    private ParsedRecord read(JsonCursor json) throws IOException {
        Order order = new Order();
        if (json.enterObject()) {
            while (json.nextMember()) {
                switch (json.member()) {
                    case "meta" -> readMeta(json, order);
                    case "data" -> readData(json, order);
                    default -> json.skip();
                }
            }
        }
        if (order.details > maxDetails) {
            throw new RejectedException(
                    RejectReason.TOO_MANY_DETAILS,
                    "an order must have at most "
                            + maxDetails
                            + " details (interactions.max-details-per-order): got "
                            + order.details);
        }
        return new ParsedRecord(
                UserIds.ofOrder(order.userId), TYPE, order.eventTimeMillis, order.items);
    }

    private static void readMeta(JsonCursor json, Order order) throws IOException {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextMember()) {
            if (json.member().equals("timestamp")) {
                order.eventTimeMillis = json.integer();
            } else {
                json.skip();
            }
        }
    }

    private void readData(JsonCursor json, Order order) throws IOException {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextMember()) {
            switch (json.member()) {
                case "user_id" -> order.userId = json.integer();
                case "order_splits" -> readSplits(json, order);
                default -> json.skip();
            }
        }
    }

    private void readSplits(JsonCursor json, Order order) throws IOException {
        order.clear();
        if (!json.enterArray()) {
            return;
        }
        while (json.nextElement()) {
            readSplit(json, order);
        }
    }

    private void readSplit(JsonCursor json, Order order) throws IOException {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextMember()) {
            if (json.member().equals("order_details")) {
                readDetails(json, order);
            } else {
                json.skip();
            }
        }
    }

    private void readDetails(JsonCursor json, Order order) throws IOException {
        if (!json.enterArray()) {
            return;
        }
        while (json.nextElement()) {
            order.details++;
            if (order.details > maxDetails) {
                json.skip();
            } else {
                order.items.add(readDetail(json));
            }
        }
    }

    private static ParsedRecord.Item readDetail(JsonCursor json) throws IOException {
        EventDraft detail = new EventDraft();
        RejectedException problem = null;
        try {
            if (json.enterObject()) {
                while (json.nextMember()) {
                    try {
                        readDetailMember(json, detail);
                    } catch (RejectedException e) {
                        problem = problem == null ? e : problem;
                    }
                }
            }
        } catch (RejectedException e) {
            problem = e;
        }
        return new ParsedRecord.Item(
                detail.productId, detail.catalogId, detail.subOrder, "", problem);
    }

    private static void readDetailMember(JsonCursor json, EventDraft detail) throws IOException {
        switch (json.member()) {
            case "product_id" -> detail.productId = json.integer();
            case "sub_order_num" -> detail.subOrder = json.text();
            case "catalog_details" -> readCatalog(json, detail);
            default -> json.skip();
        }
    }

    /** Reads to the object's end even if a member is wrong, so that the next detail is found. */
    private static void readCatalog(JsonCursor json, EventDraft detail) throws IOException {
        if (!json.enterObject()) {
            return;
        }
        RejectedException problem = null;
        while (json.nextMember()) {
            try {
                if (json.member().equals("catalog_id")) {
                    detail.catalogId = json.integer();
                } else {
                    json.skip();
                }
            } catch (RejectedException e) {
                problem = problem == null ? e : problem;
            }
        }
        if (problem != null) {
            throw problem;
        }
    }

    private static final class Order {
        private long userId;
        private long eventTimeMillis;
        private int details;
        private final List<ParsedRecord.Item> items = new ArrayList<>();

        /** A second list of splits replaces the first. */
        void clear() {
            details = 0;
            items.clear();
        }
    }
}
