package io.dhara.stores.write.schema;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.etcd.EtcdClient;
import io.dhara.stores.etcd.EtcdConfig;
import io.dhara.stores.etcd.EtcdKeys;
import io.dhara.stores.etcd.EtcdSchemaRegistry;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Schemas in etcd, in the control plane's layout. A change is one transaction where the number of
 * its keys allows; a larger one is several, and the keys that make it seen are in the last. Every
 * transaction fails if a key it writes has been changed by someone else since it was read.
 */
public final class EtcdTarget implements SchemaTarget {
    private static final String HISTORY = "/dhara-history/";

    private final EtcdConfig config;
    private final EtcdClient client;
    private final int maxOps;
    private EtcdClient.@Nullable Keys read;
    private SchemaSnapshot current = SchemaSnapshot.EMPTY;

    /**
     * @param maxOps most operations in a transaction, etcd's {@code --max-txn-ops}: 128 unless it
     *     is set; at least 2
     */
    public EtcdTarget(EtcdConfig config, int maxOps) {
        if (maxOps < 2) {
            throw new IllegalArgumentException("max-ops must be at least 2: got " + maxOps);
        }
        this.config = requireNonNull(config, "config is null");
        this.maxOps = maxOps;
        this.client = new EtcdClient(config);
    }

    @Override
    public SchemaSnapshot current() throws InterruptedException {
        EtcdClient.Keys keys = client.readAll();
        current = EtcdSchemaRegistry.snapshotOf(config, keys);
        read = keys;
        return current;
    }

    @Override
    public boolean allocatesSegments() {
        return true;
    }

    @Override
    public void write(SchemaSnapshot desired, HistoryEntry entry) throws InterruptedException {
        EtcdClient.Keys keys = requireNonNull(read, "current() was not called before write()");
        KeyChanges changes =
                KeyChanges.between(
                        keys.values(),
                        EtcdKeys.of(config.base(), current),
                        EtcdKeys.of(config.base(), desired));
        List<String> ordered = changes.ordered();
        String historyKey = config.base() + HISTORY + HistoryJson.name(entry.number());
        int perTransaction = maxOps - 1;
        for (int from = 0; from < ordered.size(); from += perTransaction) {
            int to = Math.min(ordered.size(), from + perTransaction);
            List<Cmp> guards = new ArrayList<>();
            List<Op> ops = new ArrayList<>();
            for (String key : ordered.subList(from, to)) {
                guards.add(unchanged(key, keys.modRevisions().getOrDefault(key, 0L)));
                String value = changes.puts().get(key);
                ops.add(value == null ? delete(key) : put(key, value));
            }
            guards.add(unchanged(historyKey, 0));
            if (to == ordered.size()) {
                ops.add(put(historyKey, HistoryJson.write(entry)));
            }
            commit(guards, ops, from, ordered.size());
        }
        read = null;
    }

    private void commit(List<Cmp> guards, List<Op> ops, int written, int all)
            throws InterruptedException {
        TxnResponse response =
                client.await(
                        client.jetcd()
                                .getKVClient()
                                .txn()
                                .If(guards.toArray(Cmp[]::new))
                                .Then(ops.toArray(Op[]::new))
                                .commit(),
                        "writing schemas");
        if (!response.isSucceeded()) {
            throw new SchemasChangedException(
                    config
                            + " was changed by someone else since it was read; "
                            + written
                            + " of "
                            + all
                            + " keys are written and nothing of them is half seen; plan and apply"
                            + " again");
        }
    }

    @Override
    public List<HistoryEntry> history() throws InterruptedException {
        Map<String, String> entries = new TreeMap<>(client.readAll().values());
        entries.keySet().removeIf(key -> !key.startsWith(config.base() + HISTORY));
        List<HistoryEntry> history = new ArrayList<>();
        entries.forEach((key, value) -> history.add(HistoryJson.read(key, value)));
        return history;
    }

    @Override
    public void close() {
        client.close();
    }

    private static Cmp unchanged(String key, long modRevision) {
        return new Cmp(EtcdClient.bytes(key), Cmp.Op.EQUAL, CmpTarget.modRevision(modRevision));
    }

    private static Op put(String key, String value) {
        return Op.put(EtcdClient.bytes(key), EtcdClient.bytes(value), PutOption.DEFAULT);
    }

    private static Op delete(String key) {
        return Op.delete(EtcdClient.bytes(key), DeleteOption.DEFAULT);
    }
}
