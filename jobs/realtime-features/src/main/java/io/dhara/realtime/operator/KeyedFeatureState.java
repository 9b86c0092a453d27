package io.dhara.realtime.operator;

import static io.dhara.flink.operator.StateAccess.read;
import static io.dhara.flink.operator.StateAccess.run;

import io.dhara.realtime.domain.tile.IdStore;
import io.dhara.realtime.domain.tile.ItemStore;
import io.dhara.realtime.domain.tile.TileStore;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The state of the current key; names and bytes are what savepoints hold, see {@code
 * docs/formats/realtime-state.md}. Key: the parts of the entity key as {@link KeyText}. All of it
 * is cleared when the key's values have become those of no events and no late event can come.
 */
final class KeyedFeatureState implements TileStore, ItemStore, IdStore {
    private static final int ITEM_PREFIX = 8;

    /** {@link KeyHead}: some ten partials per window; tens of bytes for counts. */
    private final ValueState<byte[]> head;

    /** Closed tiles by number, 60 or so for each window of one set of them. */
    private final MapState<Long, byte[]> tiles;

    /**
     * Newest event of each item of a gauge; key: 8 hexadecimal digits of the gauge, then the item.
     * At most twice the items that are open or could still be reopened by a late event.
     */
    private final MapState<String, Long> items;

    /**
     * Event time by event id of the events that are not late yet, some quarter of the lateness
     * longer; under the empty id when they are looked through next. Some 20 bytes and the id each.
     */
    private final MapState<String, Long> ids;

    KeyedFeatureState(KeyedStateStore store) {
        this.head =
                store.getState(
                        new ValueStateDescriptor<>("head", BytePrimitiveArraySerializer.INSTANCE));
        this.tiles =
                store.getMapState(
                        new MapStateDescriptor<>(
                                "tiles",
                                LongSerializer.INSTANCE,
                                BytePrimitiveArraySerializer.INSTANCE));
        this.items =
                store.getMapState(
                        new MapStateDescriptor<>(
                                "items", StringSerializer.INSTANCE, LongSerializer.INSTANCE));
        this.ids =
                store.getMapState(
                        new MapStateDescriptor<>(
                                "ids", StringSerializer.INSTANCE, LongSerializer.INSTANCE));
    }

    @Nullable KeyHead head() {
        byte[] bytes = read(head::value);
        return bytes == null ? null : KeyHead.of(bytes);
    }

    void head(KeyHead value) {
        run(() -> head.update(value.toBytes()));
    }

    void clear() {
        head.clear();
        tiles.clear();
        items.clear();
        ids.clear();
    }

    void clearIds() {
        ids.clear();
    }

    @Override
    public byte @Nullable [] get(long tile) {
        return read(() -> tiles.get(tile));
    }

    @Override
    public void put(long tile, byte[] bytes) {
        run(() -> tiles.put(tile, bytes));
    }

    @Override
    public void remove(long tile) {
        run(() -> tiles.remove(tile));
    }

    @Override
    public @Nullable Long get(int gauge, String item) {
        return read(() -> items.get(itemKey(gauge, item)));
    }

    @Override
    public void put(int gauge, String item, long register) {
        run(() -> items.put(itemKey(gauge, item), register));
    }

    @Override
    public @Nullable Long get(String id) {
        return read(() -> ids.get(id));
    }

    @Override
    public void put(String id, long number) {
        run(() -> ids.put(id, number));
    }

    @Override
    public void remove(String id) {
        run(() -> ids.remove(id));
    }

    @Override
    public int retain(LongPredicate keep) {
        return read(
                () -> {
                    int left = 0;
                    Iterator<Long> numbers = ids.values().iterator();
                    while (numbers.hasNext()) {
                        if (keep.test(numbers.next())) {
                            left++;
                        } else {
                            numbers.remove();
                        }
                    }
                    return left;
                });
    }

    @Override
    public int retain(int gauge, LongPredicate keep) {
        String prefix = itemKey(gauge, "");
        return read(
                () -> {
                    int left = 0;
                    Iterator<Map.Entry<String, Long>> entries = items.iterator();
                    while (entries.hasNext()) {
                        Map.Entry<String, Long> entry = entries.next();
                        if (!entry.getKey().startsWith(prefix)) {
                            continue;
                        }
                        if (keep.test(entry.getValue())) {
                            left++;
                        } else {
                            entries.remove();
                        }
                    }
                    return left;
                });
    }

    private static String itemKey(int gauge, String item) {
        String number = Integer.toHexString(gauge);
        return "0".repeat(ITEM_PREFIX - number.length()) + number + item;
    }
}
