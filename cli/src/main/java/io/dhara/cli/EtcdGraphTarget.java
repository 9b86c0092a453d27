package io.dhara.cli;

import io.dhara.graph.config.EtcdGraphKeys;
import io.dhara.graph.config.GraphSet;
import io.dhara.stores.etcd.EtcdClient;
import io.dhara.stores.etcd.EtcdConfig;
import io.dhara.stores.write.schema.HistoryEntry;
import io.dhara.stores.write.schema.HistoryJson;
import io.dhara.stores.write.schema.SchemasChangedException;
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
import java.util.TreeSet;

/**
 * Graphs in etcd. A change is one transaction, which fails if someone else changed a key that it
 * writes. Model configs below {@code config-map} belong to the control plane that wrote them.
 */
final class EtcdGraphTarget implements GraphTarget {
    private final EtcdConfig config;
    private final EtcdClient client;
    private final int maxOps;
    private EtcdClient.Keys read = new EtcdClient.Keys(0, Map.of(), Map.of());

    /**
     * @param config whose application is {@link EtcdGraphKeys#path}
     * @param maxOps most operations in a transaction
     */
    EtcdGraphTarget(EtcdConfig config, int maxOps) {
        this.config = config;
        this.client = new EtcdClient(config);
        this.maxOps = maxOps;
    }

    @Override
    public Map<String, String> current() throws InterruptedException {
        read = client.readAll();
        Map<String, String> texts = new TreeMap<>();
        read.values()
                .forEach(
                        (key, value) -> {
                            String path = key.substring(config.base().length() + 1);
                            if (!path.startsWith("graphs/") && !path.startsWith("dhara-history/")) {
                                texts.put(path.contains("/") ? path : path + "/", value);
                            }
                        });
        texts.putAll(EtcdGraphKeys.files(config.base(), read.values()));
        return texts;
    }

    @Override
    public GraphSet with(Map<String, String> files) {
        return GraphSet.of(files, config.base(), read.values());
    }

    @Override
    public void write(Map<String, String> files, HistoryEntry entry) throws InterruptedException {
        Map<String, String> before = EtcdGraphKeys.files(config.base(), read.values());
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(files.keySet());
        List<Cmp> guards = new ArrayList<>();
        List<Op> ops = new ArrayList<>();
        for (String name : names) {
            String value = files.get(name);
            if (value != null && value.equals(before.get(name))) {
                continue;
            }
            String key = EtcdGraphKeys.fileKey(config.base(), name);
            guards.add(unchanged(key));
            ops.add(
                    value == null
                            ? Op.delete(EtcdClient.bytes(key), DeleteOption.DEFAULT)
                            : put(key, value));
        }
        String historyKey =
                EtcdGraphKeys.historyKey(config.base(), HistoryJson.name(entry.number()));
        guards.add(unchanged(historyKey));
        ops.add(put(historyKey, HistoryJson.write(entry)));
        if (ops.size() > maxOps) {
            throw new CommandFailure(
                    "the change writes %d keys and etcd takes %d at once: change fewer graphs, or give"
                                    .formatted(ops.size(), maxOps)
                            + " --max-txn-ops as etcd has it.");
        }
        TxnResponse response =
                client.await(
                        client.jetcd()
                                .getKVClient()
                                .txn()
                                .If(guards.toArray(Cmp[]::new))
                                .Then(ops.toArray(Op[]::new))
                                .commit(),
                        "writing graphs");
        if (!response.isSucceeded()) {
            throw new SchemasChangedException(
                    config
                            + " was changed by someone else since it was read; plan and apply again");
        }
    }

    private Cmp unchanged(String key) {
        long revision = read.modRevisions().getOrDefault(key, 0L);
        return new Cmp(EtcdClient.bytes(key), Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
    }

    private static Op put(String key, String value) {
        return Op.put(EtcdClient.bytes(key), EtcdClient.bytes(value), PutOption.DEFAULT);
    }

    @Override
    public List<HistoryEntry> history() throws InterruptedException {
        String prefix = EtcdGraphKeys.historyKey(config.base(), "");
        List<HistoryEntry> history = new ArrayList<>();
        new TreeMap<>(client.readAll().values())
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(prefix)) {
                                history.add(HistoryJson.read(key, value));
                            }
                        });
        return history;
    }

    @Override
    public void close() {
        client.close();
    }
}
