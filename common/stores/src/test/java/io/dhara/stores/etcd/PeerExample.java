package io.dhara.stores.etcd;

import java.util.Map;
import java.util.TreeMap;

/**
 * Entity {@code user} as BharatMLStack's control plane writes it: two groups, one in two versions.
 */
final class PeerExample {
    static final String BASE = "/config/onfs";
    static final String USER = BASE + "/entities/user";
    static final String FP = USER + "/feature-groups/fp";
    static final String PROFILE = USER + "/feature-groups/profile";

    private PeerExample() {}

    static Map<String, String> keys() {
        Map<String, String> keys = new TreeMap<>();
        keys.put(BASE, "{}");
        keys.put(BASE + "/security/reader/ranker", "{\"token\":\"r-secret\"}");
        keys.put(BASE + "/security/writer/job1", "{\"token\":\"w-secret\"}");
        keys.put(
                BASE + "/storage/stores/1",
                "{\"conf-id\":1,\"db-type\":\"scylla\",\"max-column-size-in-bytes\":1024,"
                        + "\"max-row-size-in-bytes\":102400,\"primary-keys\":[\"user_id\"],"
                        + "\"table\":\"user_features\",\"table-ttl\":0}");
        keys.put(USER + "/label", "user");
        keys.put(USER + "/keys/0/sequence", "0");
        keys.put(USER + "/keys/0/entity-label", "user_id");
        keys.put(USER + "/keys/0/column-label", "user_id");
        cache(keys, USER + "/distributed-cache", "true", "600", "2");
        cache(keys, USER + "/in-memory-cache", "false", "60", "3");
        group(keys, FP, "0", "DataTypeFP32", "604800", "true", "2");
        keys.put(FP + "/columns/seg_0/label", "seg_0");
        keys.put(FP + "/columns/seg_0/current-size-in-bytes", "17");
        keys.put(FP + "/features/1/labels", "f1");
        keys.put(FP + "/features/1/default-values", "0.5");
        keys.put(
                FP + "/features/1/feature-meta",
                "{\"f1\":{\"sequence\":0,\"default-value\":\"AAAAPw==\",\"string-length\":0,"
                        + "\"vector-length\":0}}");
        keys.put(FP + "/features/2/labels", "f1,f2");
        keys.put(FP + "/features/2/default-values", "0.5,-1");
        keys.put(
                FP + "/features/2/feature-meta",
                "{\"f1\":{\"sequence\":0,\"default-value\":\"AAAAPw==\",\"string-length\":0,"
                        + "\"vector-length\":0},\"f2\":{\"sequence\":1,\"default-value\":"
                        + "\"AACAvw==\",\"string-length\":0,\"vector-length\":0}}");
        group(keys, PROFILE, "1", "DataTypeString", "0", "false", "1");
        keys.put(PROFILE + "/columns/seg_1/label", "seg_1");
        keys.put(PROFILE + "/columns/seg_1/current-size-in-bytes", "25");
        keys.put(PROFILE + "/features/1/labels", "city");
        keys.put(PROFILE + "/features/1/default-values", "unknown");
        keys.put(
                PROFILE + "/features/1/feature-meta",
                "{\"city\":{\"sequence\":0,\"default-value\":\"dW5rbm93bg==\","
                        + "\"string-length\":16,\"vector-length\":0}}");
        keys.put(BASE + "/source/user|fp|f1", "TABLE|offline.user_fp|f1_col|0.5");
        keys.put(BASE + "/p2p-enabled-percentage", "0");
        return keys;
    }

    private static void cache(
            Map<String, String> keys, String path, String enabled, String ttl, String confId) {
        keys.put(path + "/enabled", enabled);
        keys.put(path + "/ttl-in-seconds", ttl);
        keys.put(path + "/jitter-percentage", "10");
        keys.put(path + "/conf-id", confId);
    }

    private static void group(
            Map<String, String> keys,
            String path,
            String id,
            String type,
            String ttl,
            String distributed,
            String active) {
        keys.put(path + "/id", id);
        keys.put(path + "/store-id", "1");
        keys.put(path + "/data-type", type);
        keys.put(path + "/ttl-in-seconds", ttl);
        keys.put(path + "/job-id", "job1");
        keys.put(path + "/in-memory-cache-enabled", "false");
        keys.put(path + "/distributed-cache-enabled", distributed);
        keys.put(path + "/active-version", active);
        keys.put(path + "/layout-version", "1");
    }
}
