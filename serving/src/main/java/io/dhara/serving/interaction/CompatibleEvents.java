package io.dhara.serving.interaction;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.timeseries.ClickData;
import io.dhara.proto.timeseries.ClickEvent;
import io.dhara.proto.timeseries.OrderData;
import io.dhara.proto.timeseries.OrderEvent;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.util.ArrayList;
import java.util.List;

/** Interactions in the peer's messages and back. */
final class CompatibleEvents {
    static final String CLICK = "CLICK";
    static final String ORDER = "ORDER";

    private CompatibleEvents() {}

    /**
     * @throws ServingException FAILED_PRECONDITION for an id that has no room in the message
     */
    static List<ClickEvent> clicks(List<Interaction> interactions) {
        List<ClickEvent> events = new ArrayList<>(interactions.size());
        for (Interaction interaction : interactions) {
            events.add(
                    ClickEvent.newBuilder()
                            .setCatalogId(id("catalog_id", interaction.catalogId()))
                            .setProductId(id("product_id", interaction.productId()))
                            .setTimestamp(interaction.eventTimeMillis())
                            .setMetadata(interaction.metadata())
                            .build());
        }
        return events;
    }

    /**
     * @throws ServingException FAILED_PRECONDITION for an id that has no room in the message
     */
    static List<OrderEvent> orders(List<Interaction> interactions) {
        List<OrderEvent> events = new ArrayList<>(interactions.size());
        for (Interaction interaction : interactions) {
            events.add(
                    OrderEvent.newBuilder()
                            .setCatalogId(id("catalog_id", interaction.catalogId()))
                            .setProductId(id("product_id", interaction.productId()))
                            .setSubOrderNum(interaction.subOrder())
                            .setTimestamp(interaction.eventTimeMillis())
                            .setMetadata(interaction.metadata())
                            .build());
        }
        return events;
    }

    private static int id(String field, long value) {
        if (value != (int) value) {
            throw new ServingException(
                    Kind.FAILED_PRECONDITION,
                    field
                            + " "
                            + value
                            + " does not fit the 32 bits of this message: read it with"
                            + " dhara.v1.Interactions/GetRange or GetLast");
        }
        return (int) value;
    }

    static InteractionEvent click(String userId, ClickData click) {
        return InteractionEvent.newBuilder()
                .setUserId(userId)
                .setType(CLICK)
                .setProductId(click.getProductId())
                .setCatalogId(click.getCatalogId())
                .setEventTimeMs(click.getTimestamp())
                .setMetadata(click.getMetadata())
                .build();
    }

    static InteractionEvent order(String userId, OrderData order) {
        return InteractionEvent.newBuilder()
                .setUserId(userId)
                .setType(ORDER)
                .setProductId(order.getProductId())
                .setCatalogId(order.getCatalogId())
                .setEventTimeMs(order.getTimestamp())
                .setSubOrderNum(order.getSubOrderNum())
                .setMetadata(order.getMetadata())
                .build();
    }
}
