package io.dhara.stores.write;

import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.Gathering;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/**
 * Sends each write to the connection that its store's conf-id names, and keeps back what has
 * expired on the way here.
 */
final class RoutingWriter implements FeatureStoreWriter {
    private final StoreConfig.Kind kind;
    private final Map<Integer, FeatureStoreWriter> byConfId;

    RoutingWriter(StoreConfig.Kind kind, Map<Integer, FeatureStoreWriter> byConfId) {
        this.kind = kind;
        this.byConfId = Map.copyOf(byConfId);
    }

    @Override
    public CompletionStage<List<Outcome>> write(SchemaSnapshot snapshot, List<BlockWrite> writes) {
        Gathering<Outcome> outcomes = new Gathering<>(writes.size());
        Map<Integer, List<Integer>> indexesByConfId = new TreeMap<>();
        long nowMillis = System.currentTimeMillis();
        for (int i = 0; i < writes.size(); i++) {
            BlockWrite write = writes.get(i);
            StoreConfig store = snapshot.stores().get(write.storeId());
            if (store == null || store.kind() != kind || !byConfId.containsKey(store.confId())) {
                outcomes.set(i, new Outcome(Result.REFUSED, noConnection(write, store)));
            } else if (write.expiryEpochSeconds() != 0
                    && nowMillis > write.expiryEpochSeconds() * 1000) {
                outcomes.set(i, Outcome.EXPIRED);
            } else {
                indexesByConfId.computeIfAbsent(store.confId(), confId -> new ArrayList<>()).add(i);
            }
        }
        indexesByConfId.forEach(
                (confId, indexes) ->
                        byConfId.get(confId)
                                .write(snapshot, indexes.stream().map(writes::get).toList())
                                .thenAccept(
                                        ended -> {
                                            for (int i = 0; i < indexes.size(); i++) {
                                                outcomes.set(indexes.get(i), ended.get(i));
                                            }
                                        }));
        return outcomes.stage();
    }

    private String noConnection(
            BlockWrite write, @org.jspecify.annotations.Nullable StoreConfig store) {
        String name = "store " + write.storeId() + " of feature group " + write.group();
        if (store == null) {
            return name + " is not in the registry";
        }
        if (store.kind() != kind) {
            return name + " is of kind " + store.kind() + ", this writer writes to " + kind;
        }
        return name
                + " has conf-id "
                + store.confId()
                + ", configured conf-ids are "
                + new TreeSet<>(byConfId.keySet())
                + ": configure the connection and start again";
    }

    @Override
    public void close() {
        byConfId.values().forEach(FeatureStoreWriter::close);
    }
}
