package io.dhara.testkit;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FeatureStoreReader} over a map, with the failures of a real one on demand. By default it
 * answers at once on the caller's thread; between {@link #hold} and {@link #release} every read
 * takes its look at the map when it is asked but answers only when released. Thread-safe.
 */
public final class InMemoryFeatureStoreReader implements FeatureStoreReader {

    /** One call of {@link #read}. */
    public record Read(String store, List<EntityKey> keys, List<String> groups, Instant deadline) {}

    private record Cell(String store, EntityKey key, String group) {}

    private record Held(CompletableFuture<List<StoredRow>> answer, List<StoredRow> rows) {}

    private final Map<Cell, StoredBlock> cells = new ConcurrentHashMap<>();
    private final Map<String, StoreReadException> storeFailures = new ConcurrentHashMap<>();
    private final Map<EntityKey, StoreReadException> keyFailures = new ConcurrentHashMap<>();
    private final Queue<Read> reads = new ConcurrentLinkedQueue<>();
    private final List<Held> held = new ArrayList<>();
    private volatile @Nullable Function<Read, List<StoredRow>> script;
    private volatile boolean holding;
    private volatile boolean closed;

    /** Stores a block as a writer would have: nothing is compared. */
    public void put(
            String storeId, EntityKey key, String group, byte[] block, long writeTimeMicros) {
        cells.put(new Cell(storeId, key, group), new StoredBlock(block, writeTimeMicros));
    }

    public void remove(String storeId, EntityKey key, String group) {
        cells.remove(new Cell(storeId, key, group));
    }

    /** Every key of this store fails until {@link #recover}. */
    public void failStore(String storeId, StoreReadException.Kind kind) {
        storeFailures.put(
                storeId, new StoreReadException(kind, "store " + storeId + " is made to fail"));
    }

    /** This key fails in every store until {@link #recover}. */
    public void failKey(EntityKey key, StoreReadException.Kind kind) {
        keyFailures.put(key, new StoreReadException(kind, "key is made to fail"));
    }

    public void recover() {
        storeFailures.clear();
        keyFailures.clear();
    }

    /** Answers every read with what the function gives, which may break the contract on purpose. */
    public void answerWith(Function<Read, List<StoredRow>> answers) {
        script = answers;
    }

    /** From now on reads wait for {@link #release}. */
    public void hold() {
        holding = true;
    }

    /** Answers the held reads, with what the map held when they were asked, and holds no more. */
    public void release() {
        List<Held> waiting;
        synchronized (held) {
            holding = false;
            waiting = List.copyOf(held);
            held.clear();
        }
        waiting.forEach(h -> h.answer.complete(h.rows));
    }

    public int heldReads() {
        synchronized (held) {
            return held.size();
        }
    }

    /** Every read so far, oldest first. */
    public List<Read> reads() {
        return List.copyOf(reads);
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public CompletionStage<List<StoredRow>> read(
            StoreConfig store,
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline) {
        Read read =
                new Read(
                        store.id(),
                        List.copyOf(keys),
                        groups.stream()
                                .map(FeatureGroupSchema::label)
                                .collect(Collectors.toUnmodifiableList()),
                        deadline);
        reads.add(read);
        Function<Read, List<StoredRow>> answers = script;
        List<StoredRow> rows = answers == null ? look(read) : answers.apply(read);
        synchronized (held) {
            if (holding) {
                CompletableFuture<List<StoredRow>> answer = new CompletableFuture<>();
                held.add(new Held(answer, rows));
                return answer;
            }
        }
        return CompletableFuture.completedFuture(rows);
    }

    private List<StoredRow> look(Read read) {
        StoreReadException storeFailure = storeFailures.get(read.store);
        List<StoredRow> rows = new ArrayList<>();
        for (EntityKey key : read.keys) {
            StoreReadException failure = storeFailure != null ? storeFailure : keyFailures.get(key);
            if (failure != null) {
                rows.add(StoredRow.failed(failure));
                continue;
            }
            List<StoredBlock> blocks = new ArrayList<>();
            for (String group : read.groups) {
                blocks.add(
                        cells.getOrDefault(new Cell(read.store, key, group), StoredBlock.ABSENT));
            }
            rows.add(StoredRow.of(blocks));
        }
        return rows;
    }

    @Override
    public void close() {
        closed = true;
    }
}
