package io.dhara.stores.etcd;

import static io.dhara.stores.etcd.PeerExample.BASE;
import static io.dhara.stores.etcd.PeerExample.FP;
import static io.dhara.stores.etcd.PeerExample.PROFILE;
import static io.dhara.stores.etcd.PeerExample.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.EntitySchema.KeyColumn;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaMerge;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.SnapshotFeed;
import io.dhara.core.registry.SnapshotValidator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdLayoutTest {
    private static SchemaMerge.Result merge(SchemaSnapshot last, Map<String, String> keys) {
        return SchemaMerge.merge(last, EtcdLayout.parse(BASE, 7, keys));
    }

    private static SchemaSnapshot whole() {
        SchemaMerge.Result result = merge(SchemaSnapshot.EMPTY, PeerExample.keys());
        assertThat(result.problems()).isEmpty();
        return result.snapshot();
    }

    @Test
    void parse_peersExample_givesTheSchemas() {
        SchemaSnapshot snapshot = whole();

        assertThat(snapshot.readerTokens()).isEqualTo(Map.of("ranker", "r-secret"));
        assertThat(snapshot.writerTokens()).isEqualTo(Map.of("job1", "w-secret"));
        assertThat(snapshot.stores().get("1"))
                .isEqualTo(
                        new StoreConfig(
                                "1",
                                1,
                                StoreConfig.Kind.SCYLLA,
                                "user_features",
                                List.of("user_id"),
                                1024,
                                102_400,
                                0));
        EntitySchema user = snapshot.entities().get("user");
        assertThat(user.keys()).containsExactly(new KeyColumn(0, "user_id", "user_id"));
        assertThat(user.distributedCache()).isEqualTo(new CacheConfig(true, 600, 10, 2));
        assertThat(user.inMemoryCache()).isEqualTo(new CacheConfig(false, 60, 10, 3));
        FeatureGroupSchema fp = user.groups().get("fp");
        assertThat(fp.dataType()).isEqualTo(DataType.FP32);
        assertThat(fp.ttl()).isEqualTo(Duration.ofDays(7));
        assertThat(fp.versions()).containsOnlyKeys(1, 2);
        assertThat(fp.active().features())
                .containsExactly(
                        new FeatureSpec("f1", 0, new byte[] {0, 0, 0, 63}, 0, 0),
                        new FeatureSpec("f2", 1, new byte[] {0, 0, (byte) 128, (byte) 191}, 0, 0));
        assertThat(user.groups().get("profile").active().features())
                .containsExactly(new FeatureSpec("city", 0, "unknown".getBytes(), 16, 0));
    }

    @Test
    void parse_fieldNamesInAnyCaseWithoutDashes_givesTheSame() {
        Map<String, String> keys = new TreeMap<>();
        PeerExample.keys()
                .forEach(
                        (key, value) ->
                                keys.put(
                                        key.replace("active-version", "ActiveVersion")
                                                .replace("ttl-in-seconds", "TTLINSECONDS")
                                                .replace("feature-groups", "FeatureGroups")
                                                .replace("feature-meta", "Feature-Meta"),
                                        value));

        assertSame(merge(SchemaSnapshot.EMPTY, keys).snapshot(), whole());
    }

    @Test
    void parse_labelsWithDashesAndCapitals_areKeptExactly() {
        Map<String, String> keys = new TreeMap<>();
        PeerExample.keys()
                .forEach(
                        (key, value) ->
                                keys.put(
                                        key.replace("/fp/", "/F-P/"),
                                        value.replace("\"f1\"", "\"F-1\"").replace("f1", "F-1")));

        SchemaSnapshot snapshot = merge(SchemaSnapshot.EMPTY, keys).snapshot();

        FeatureGroupSchema group = snapshot.entities().get("user").groups().get("F-P");
        assertThat(group.active().feature("F-1")).isNotNull();
    }

    @Test
    void parse_leavesBelowFeatureMeta_readPrintedBytes() {
        Map<String, String> keys = PeerExample.keys();
        keys.remove(FP + "/features/1/feature-meta");
        String f1 = FP + "/features/1/feature-meta/f1";
        keys.put(f1 + "/sequence", "0");
        keys.put(f1 + "/default-values-in-bytes", "[0 0 128 63]");

        SchemaMerge.Result result = merge(SchemaSnapshot.EMPTY, keys);

        assertThat(result.problems()).isEmpty();
        FeatureGroupSchema fp = result.snapshot().entities().get("user").groups().get("fp");
        assertThat(fp.versions().get(1).features().get(0).defaultBytes())
                .containsExactly(0, 0, 128, 63);
    }

    @Test
    void parse_jsonAtTheGroupsPath_givesTheSame() {
        Map<String, String> keys = PeerExample.keys();
        keys.keySet().removeIf(key -> key.startsWith(PROFILE));
        keys.put(
                PROFILE,
                """
                {"id":1,"store-id":"1","data-type":"DataTypeString","ttl-in-seconds":0,
                 "job-id":"job1","active-version":"1","layout-version":1,
                 "columns":{"seg_1":{"label":"seg_1","current-size-in-bytes":25}},
                 "features":{"1":{"labels":"city","feature-meta":
                   {"city":{"sequence":0,"default-value":"dW5rbm93bg==","string-length":16}}}}}
                """);

        SchemaMerge.Result result = merge(SchemaSnapshot.EMPTY, keys);

        assertThat(result.problems()).isEmpty();
        assertSame(result.snapshot(), whole());
    }

    @Test
    void parse_jsonAtEntitiesAndStorage_givesTheSame() {
        Map<String, String> keys = PeerExample.keys();
        keys.remove(BASE + "/storage/stores/1");
        keys.put(
                BASE + "/storage",
                "{\"stores\":{\"1\":{\"conf-id\":1,\"db-type\":\"scylla\","
                        + "\"max-column-size-in-bytes\":1024,\"max-row-size-in-bytes\":102400,"
                        + "\"primary-keys\":[\"user_id\"],\"table\":\"user_features\"}}}");
        keys.keySet().removeIf(key -> key.startsWith(USER + "/keys"));
        keys.put(
                USER + "/keys",
                "{\"0\":{\"sequence\":0,\"entity-label\":\"user_id\","
                        + "\"column-label\":\"user_id\"}}");

        assertSame(merge(SchemaSnapshot.EMPTY, keys).snapshot(), whole());
    }

    @Test
    void parse_unknownPathsAndEmptyValues_areIgnored() {
        Map<String, String> keys = PeerExample.keys();
        keys.put(BASE + "/dhara-history/00000001", "{\"summary\":\"x\"}");
        keys.put(FP + "/colour", "blue");
        keys.put(FP + "/features/3/labels", "");
        keys.put(USER + "/p2p-cache/enabled", "true");
        keys.put(BASE + "x/entities/other/label", "other");

        SchemaMerge.Result result = merge(SchemaSnapshot.EMPTY, keys);

        assertThat(result.problems()).isEmpty();
        assertSame(result.snapshot(), whole());
    }

    @Test
    void render_thenParse_isTheSame() {
        Map<String, String> rendered = EtcdKeys.of(BASE, whole());

        assertThat(PeerExample.keys()).containsAllEntriesOf(withoutSizes(rendered));
        assertSame(merge(SchemaSnapshot.EMPTY, rendered).snapshot(), whole());
    }

    /** The peer's estimate of a string block leaves out the lengths before the strings. */
    private static Map<String, String> withoutSizes(Map<String, String> keys) {
        keys.remove(PROFILE + "/columns/seg_1/current-size-in-bytes");
        return keys;
    }

    /** The control plane puts one key after the other, in no order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void b47_keysWrittenOneByOne_everySnapshotIsCompleteAndValid(long seed) {
        List<Map.Entry<String, String>> order = new ArrayList<>(PeerExample.keys().entrySet());
        Collections.shuffle(order, new Random(seed));
        EntitySchema wholeUser = whole().entities().get("user");
        Map<String, String> keys = new TreeMap<>();
        SchemaSnapshot snapshot = SchemaSnapshot.EMPTY;

        for (Map.Entry<String, String> written : order) {
            keys.put(written.getKey(), written.getValue());
            snapshot = merge(snapshot, keys).snapshot();

            assertThat(SnapshotValidator.check(snapshot)).isEmpty();
            for (EntitySchema entity : snapshot.entities().values()) {
                assertThat(entity.keys()).isEqualTo(wholeUser.keys());
                entity.groups().values().forEach(group -> assertIsPartOf(group, wholeUser));
            }
        }
        assertSame(snapshot, whole());
    }

    /** Equal, but that a version which is not active may be missing. */
    private static void assertIsPartOf(FeatureGroupSchema group, EntitySchema entity) {
        FeatureGroupSchema complete = entity.groups().get(group.label());
        assertThat(group.active()).isEqualTo(complete.active());
        assertThat(complete.versions()).containsAllEntriesOf(group.versions());
        assertThat(group.columns()).isEqualTo(complete.columns());
        assertThat(group.ttl()).isEqualTo(complete.ttl());
        assertThat(group.id()).isEqualTo(complete.id());
        assertThat(group.storeId()).isEqualTo(complete.storeId());
        assertThat(group.layoutVersion()).isEqualTo(complete.layoutVersion());
        assertThat(group.distributedCacheEnabled()).isEqualTo(complete.distributedCacheEnabled());
    }

    @Test
    void b22_nullDefault_isNoDefaultAndNotZero() {
        Map<String, String> keys = PeerExample.keys();
        keys.put(
                FP + "/features/1/feature-meta",
                "{\"f1\":{\"sequence\":0,\"default-value\":null}}");

        SchemaSnapshot snapshot = merge(SchemaSnapshot.EMPTY, keys).snapshot();

        FeatureGroupSchema fp = snapshot.entities().get("user").groups().get("fp");
        assertThat(fp.versions().get(1).features().get(0).defaultBytes()).isEmpty();
    }

    @Test
    void b48_oneBrokenGroup_keepsItsLastGoodFormAndHoldsNobodyElseUp() {
        Map<String, String> keys = PeerExample.keys();
        keys.put(FP + "/active-version", "two");
        keys.put(PROFILE + "/ttl-in-seconds", "60");

        SchemaMerge.Result result = merge(whole(), keys);

        Map<String, FeatureGroupSchema> groups = result.snapshot().entities().get("user").groups();
        assertThat(groups.get("fp")).isEqualTo(whole().entities().get("user").groups().get("fp"));
        assertThat(groups.get("profile").ttl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(result.problems())
                .singleElement()
                .asString()
                .isEqualTo(FP + ": active-version must be a whole number: got two");
    }

    @Test
    void b48_oneBrokenEntity_othersMoveOn() {
        Map<String, String> keys = PeerExample.keys();
        SchemaSnapshot before = whole();
        keys.put(USER + "/keys/0/sequence", "first");
        PeerExample.keys()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(USER) && !key.contains("feature-groups")) {
                                keys.put(
                                        key.replace("/user/", "/shop/"),
                                        key.endsWith("/label") ? "shop" : value);
                            }
                        });

        SchemaSnapshot next = merge(before, keys).snapshot();

        assertThat(next.entities().get("user")).isEqualTo(before.entities().get("user"));
        assertThat(next.entities()).containsKey("shop");
    }

    @Test
    void b49_vectorOrStringLengthEditedInPlace_isNotFollowed() {
        Map<String, String> keys = PeerExample.keys();
        keys.compute(
                PROFILE + "/features/1/feature-meta",
                (key, value) -> value.replace("\"string-length\":16", "\"string-length\":8"));

        SchemaMerge.Result result = merge(whole(), keys);

        assertSame(result.snapshot(), whole());
        assertThat(result.problems())
                .singleElement()
                .asString()
                .contains("string-length of feature city of version 1 16 -> 8 is not followed");
    }

    @Test
    void b50_layoutVersionSetToZero_isNotFollowed() {
        Map<String, String> keys = PeerExample.keys();
        keys.put(FP + "/layout-version", "0");

        SchemaMerge.Result result = merge(whole(), keys);

        assertSame(result.snapshot(), whole());
        assertThat(result.problems()).singleElement().asString().contains("must be 1 or 2: got 0");
    }

    @Test
    void b51_activeVersionBeforeItsFeatures_isNotFollowedUntilTheyAreThere() {
        Map<String, String> keys = PeerExample.keys();
        keys.put(FP + "/active-version", "3");
        SchemaMerge.Result half = merge(whole(), keys);
        keys.put(FP + "/features/3/labels", "f2");
        SchemaMerge.Result nearly = merge(half.snapshot(), keys);
        keys.put(
                FP + "/features/3/feature-meta",
                "{\"f2\":{\"sequence\":0,\"default-value\":\"AACAvw==\"}}");
        SchemaMerge.Result done = merge(nearly.snapshot(), keys);

        assertSame(half.snapshot(), whole());
        assertSame(nearly.snapshot(), whole());
        assertThat(nearly.problems()).isNotEmpty();
        assertThat(done.problems()).isEmpty();
        assertThat(done.snapshot().entities().get("user").groups().get("fp").activeVersion())
                .isEqualTo(3);
    }

    @Test
    void b51_leftoversOfAFailedAttempt_areNotActivated() {
        Map<String, String> keys = PeerExample.keys();
        keys.put(FP + "/features/3/labels", "f1,f2,f9");
        keys.put(
                FP + "/features/3/feature-meta",
                "{\"f1\":{\"sequence\":0},\"f2\":{\"sequence\":1}}");
        keys.put(FP + "/active-version", "3");

        SchemaMerge.Result result = merge(whole(), keys);

        assertSame(result.snapshot(), whole());
        assertThat(result.problems())
                .singleElement()
                .asString()
                .contains("has labels f1,f2,f9 but feature-meta of f1,f2");
    }

    @Test
    void b54_labelsThatFoldAlike_newOneIsRefused() {
        Map<String, String> keys = PeerExample.keys();
        PeerExample.keys()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(PROFILE)) {
                                keys.put(
                                        key.replace("/profile/", "/Pro-File/")
                                                .replace("seg_1", "seg_2"),
                                        value.replace("seg_1", "seg_2"));
                            }
                        });
        keys.put(USER + "/feature-groups/Pro-File/id", "2");

        SchemaMerge.Result result = merge(whole(), keys);

        assertSame(result.snapshot(), whole());
        assertThat(result.problems()).asString().contains("differ only in case or dashes");
    }

    @Test
    void group_removedVersion_staysReadable() {
        Map<String, String> keys = PeerExample.keys();
        keys.keySet().removeIf(key -> key.startsWith(FP + "/features/1/"));

        SchemaSnapshot next = merge(whole(), keys).snapshot();

        assertThat(next.entities().get("user").groups().get("fp").versions())
                .containsOnlyKeys(1, 2);
    }

    @Test
    void store_removedWhileInUse_isKept() {
        Map<String, String> keys = PeerExample.keys();
        keys.remove(BASE + "/storage/stores/1");

        SchemaMerge.Result result = merge(whole(), keys);

        assertSame(result.snapshot(), whole());
        assertThat(result.problems()).asString().contains("store of group user/fp is 1");
    }

    @Test
    void entity_removed_isGone() {
        Map<String, String> keys = PeerExample.keys();
        keys.keySet().removeIf(key -> key.toLowerCase(Locale.ROOT).startsWith(USER));

        assertThat(merge(whole(), keys).snapshot().entities()).isEmpty();
    }

    /**
     * Whatever key changes in whatever order, the incremental reading gives what a whole one does.
     */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void incremental_anyChanges_givesTheSameAsAWholeReading(long seed) {
        Random random = new Random(seed);
        IncrementalLayout layout = new IncrementalLayout(BASE);
        Map<String, String> keys = new TreeMap<>();
        PeerExample.keys()
                .forEach(
                        (key, value) -> {
                            keys.put(key, value);
                            if (key.startsWith(USER)) {
                                keys.put(key.replace("/user/", "/shop/"), value);
                            }
                        });
        keys.put(BASE + "/entities/shop/label", "shop");
        List<String> names = new ArrayList<>(keys.keySet());
        Map<String, String> all = Map.copyOf(keys);
        for (int i = 0; i < 200; i++) {
            String name = names.get(random.nextInt(names.size()));
            if (keys.remove(name) == null) {
                keys.put(name, random.nextInt(5) == 0 ? "broken" : all.get(name));
            }
            if (random.nextInt(40) == 0) {
                keys.put(BASE + "/entities", "{\"json\":{\"label\":\"json\"}}");
            } else {
                keys.remove(BASE + "/entities");
            }

            SchemaMerge.Result whole = merge(SchemaSnapshot.EMPTY, keys);
            SchemaMerge.Result parts =
                    SchemaMerge.merge(SchemaSnapshot.EMPTY, layout.parse(7, keys));

            assertSame(parts.snapshot(), whole.snapshot());
            assertThat(parts.problems()).containsExactlyInAnyOrderElementsOf(whole.problems());
        }
    }

    private static final List<String> GARBAGE =
            List.of(
                    "",
                    "-1",
                    "0",
                    "1",
                    "2",
                    "65536",
                    "99999999999",
                    "{",
                    "{}",
                    "[]",
                    "[256]",
                    "null",
                    "true",
                    "{\"a\":1}",
                    "{\"f1\":1}",
                    "{\"f1\":{\"sequence\":-1}}",
                    "seg_0",
                    "a,,b",
                    "DataTypeBool",
                    "DataTypeStringVector",
                    "user_id",
                    " ",
                    "=");

    /** Whatever is written, nothing is thrown and what is shown is valid. */
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void anyGarbage_snapshotStaysValid(long seed) {
        Random random = new Random(seed);
        Map<String, String> keys = PeerExample.keys();
        List<String> names = new ArrayList<>(keys.keySet());
        Map<String, String> good = Map.copyOf(keys);
        SchemaSnapshot last = whole();
        for (int i = 0; i < 1500; i++) {
            String name = names.get(random.nextInt(names.size()));
            if (random.nextInt(8) == 0) {
                name = name.substring(0, name.lastIndexOf('/'));
            }
            switch (random.nextInt(4)) {
                case 0 -> keys.remove(name);
                case 1 -> keys.put(name, good.getOrDefault(name, "{}"));
                case 2 -> keys.put(name, good.get(names.get(random.nextInt(names.size()))));
                default -> keys.put(name, GARBAGE.get(random.nextInt(GARBAGE.size())));
            }
            SchemaMerge.Result result = merge(last, keys);

            assertThat(SnapshotValidator.check(result.snapshot())).isEmpty();
            last = random.nextInt(50) == 0 ? SchemaSnapshot.EMPTY : result.snapshot();
        }
        keys.clear();
        keys.putAll(good);
        assertSame(merge(SchemaSnapshot.EMPTY, keys).snapshot(), whole());
    }

    private static void assertSame(SchemaSnapshot actual, SchemaSnapshot expected) {
        assertThat(actual.entities()).isEqualTo(expected.entities());
        assertThat(SnapshotFeed.sameContent(actual, expected)).isTrue();
    }
}
