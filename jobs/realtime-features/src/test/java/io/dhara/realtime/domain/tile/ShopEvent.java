package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.PartialTypes;
import io.dhara.realtime.domain.event.ColumnInput;
import io.dhara.realtime.domain.event.Condition;
import io.dhara.realtime.domain.event.EventRow;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An event of the tests: a click, or an order that is created or delivered. */
record ShopEvent(
        long eventTimeMillis, String kind, double amount, long units, String item, long order)
        implements EventRow {
    static final int KIND = 0;
    static final int AMOUNT = 1;
    static final int UNITS = 2;
    static final int ITEM = 3;
    static final int ORDER = 4;

    static final String CLICK = "click";
    static final String CREATED = "created";
    static final String DELIVERED = "delivered";

    static ShopEvent click(long timeMillis, double amount) {
        return new ShopEvent(timeMillis, CLICK, amount, 1, "a", 0);
    }

    static ShopEvent order(long timeMillis, String kind, long order) {
        return new ShopEvent(timeMillis, kind, 1, 1, "a", order);
    }

    @Override
    public @Nullable Object value(int column) {
        return switch (column) {
            case KIND -> kind;
            case AMOUNT -> amount;
            case UNITS -> units;
            case ITEM -> item;
            case ORDER -> kind.equals(CLICK) ? null : Long.toString(order);
            default -> throw new IllegalArgumentException("no column " + column);
        };
    }

    static Condition is(String kind) {
        return new Condition(List.of(new Condition.Clause(KIND, Set.of(kind))));
    }

    static ColumnInput input(int column) {
        return new ColumnInput(column, Condition.ALWAYS);
    }

    static StateColumn column(String type, int column, Window... windows) {
        return new StateColumn(
                "column " + column, PartialTypes.of(type), input(column), List.of(windows));
    }

    static Window[] windows(java.time.Duration... lengths) {
        return Stream.of(lengths).map(Window::of).toArray(Window[]::new);
    }
}
