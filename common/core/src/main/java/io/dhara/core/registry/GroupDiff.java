package io.dhara.core.registry;

import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What changes in one feature group. The rule behind every verdict: a block stored under a version
 * number must be read by the feature list it was written with, from the place it was written to.
 */
final class GroupDiff {
    private static final String NEW_GROUP = "register a new group and move its readers";
    private static final String NEW_VERSION = "add a version that has it and make that active";

    private final FeatureGroupSchema before;
    private final FeatureGroupSchema after;
    private final String subject;
    private final List<SchemaChange> changes = new ArrayList<>();

    private final boolean allowRemovals;

    private GroupDiff(FeatureGroupSchema before, FeatureGroupSchema after, boolean allowRemovals) {
        this.before = before;
        this.after = after;
        this.allowRemovals = allowRemovals;
        this.subject = "group " + after.entity() + "/" + after.label();
    }

    static List<SchemaChange> between(
            FeatureGroupSchema before, FeatureGroupSchema after, boolean allowRemovals) {
        GroupDiff diff = new GroupDiff(before, after, allowRemovals);
        diff.compareIdentity();
        diff.compareSettings();
        diff.compareColumns();
        diff.compareVersions();
        diff.compareActiveVersion();
        return diff.changes;
    }

    private void compareIdentity() {
        if (before.dataType() != after.dataType()) {
            breaking(
                    changed("data type", before.dataType().wireName(), after.dataType().wireName()),
                    "stored blocks are of the old type",
                    NEW_GROUP);
        }
        if (before.id() != after.id()) {
            breaking(
                    changed("id", before.id(), after.id()),
                    "stored values name their groups by id",
                    "keep the id");
        }
        if (!before.storeId().equals(after.storeId())) {
            refuse(
                    changed("store", before.storeId(), after.storeId()),
                    "values written so far stay in the old store",
                    NEW_GROUP);
        }
        if (before.layoutVersion() != after.layoutVersion()) {
            refuse(
                    changed("layout", before.layoutVersion(), after.layoutVersion()),
                    "readers of the other layout would fail on new blocks",
                    NEW_GROUP);
        }
    }

    private void compareSettings() {
        if (!before.ttl().equals(after.ttl())) {
            safe(
                    changed("ttl", seconds(before), seconds(after)),
                    "reads apply it to stored blocks at once; a longer one cannot bring back what"
                            + " the store has dropped");
        }
        if (!before.jobId().equals(after.jobId())) {
            safe(changed("job", before.jobId(), after.jobId()), "");
        }
        if (before.inMemoryCacheEnabled() != after.inMemoryCacheEnabled()) {
            safe(
                    changed(
                            "in-memory cache",
                            before.inMemoryCacheEnabled(),
                            after.inMemoryCacheEnabled()),
                    "");
        }
        if (before.distributedCacheEnabled() != after.distributedCacheEnabled()) {
            safe(
                    changed(
                            "distributed cache",
                            before.distributedCacheEnabled(),
                            after.distributedCacheEnabled()),
                    "");
        }
    }

    private void compareColumns() {
        List<String> removed = new ArrayList<>(before.columns());
        removed.removeAll(after.columns());
        if (!removed.isEmpty()) {
            breaking(
                    "segments removed: " + removed,
                    "stored blocks have a part of them there",
                    "keep the segments");
        }
        List<String> added = new ArrayList<>(after.columns());
        added.removeAll(before.columns());
        if (!added.isEmpty()) {
            safe("segments added: " + added, "columns are made before the schema names them");
        }
    }

    private void compareVersions() {
        for (SchemaVersion old : before.versions().values()) {
            SchemaVersion now = after.version(old.version());
            if (now == null) {
                SchemaChange removal =
                        SchemaChange.breaking(
                                subject,
                                "version " + old.version() + " removed",
                                "blocks of that version may be stored and could not be read",
                                "keep it until the ttl has passed since it was last written");
                changes.add(allowRemovals ? removal.allowed() : removal);
            } else if (!now.equals(old)) {
                compareVersion(old, now);
            }
        }
        int newest = Collections.max(before.versions().keySet());
        for (SchemaVersion now : after.versions().values()) {
            if (before.version(now.version()) == null) {
                if (now.version() > newest) {
                    safe("version " + now.version() + " added: " + labels(now), "");
                } else {
                    refuse(
                            "version " + now.version() + " added below version " + newest,
                            "blocks of an earlier version of that number may be stored",
                            "number it " + (newest + 1));
                }
            }
        }
    }

    private void compareVersion(SchemaVersion old, SchemaVersion now) {
        String version = "version " + old.version();
        if (!labels(old).equals(labels(now))) {
            breaking(
                    changed("features of " + version, labels(old), labels(now)),
                    "blocks of that version hold the features of the old list in its order",
                    NEW_VERSION);
            return;
        }
        for (int i = 0; i < old.featureCount(); i++) {
            compareFeature(version, old.features().get(i), now.features().get(i));
        }
    }

    private void compareFeature(String version, FeatureSpec old, FeatureSpec now) {
        String of = " of feature " + now.label() + " of " + version;
        if (old.vectorLength() != now.vectorLength()) {
            breaking(
                    changed("vector-length" + of, old.vectorLength(), now.vectorLength()),
                    "blocks of that version are cut by the old length",
                    NEW_VERSION);
        }
        if (now.stringLength() < old.stringLength()) {
            breaking(
                    changed("string-length" + of, old.stringLength(), now.stringLength()),
                    "blocks of that version may hold longer strings",
                    NEW_VERSION);
        } else if (now.stringLength() > old.stringLength()) {
            safe(changed("string-length" + of, old.stringLength(), now.stringLength()), "");
        }
        if (!java.util.Arrays.equals(old.defaultBytes(), now.defaultBytes())) {
            safe(
                    changed("default" + of, defaultText(before, old), defaultText(after, now)),
                    "blocks that took the old default keep it");
        }
    }

    private void compareActiveVersion() {
        if (after.activeVersion() > before.activeVersion()) {
            safe(changed("active version", before.activeVersion(), after.activeVersion()), "");
        } else if (after.activeVersion() < before.activeVersion()) {
            refuse(
                    changed("active version", before.activeVersion(), after.activeVersion()),
                    "features added since would stop being written, and readers of them fail",
                    "add a new version with the features wanted");
        }
    }

    private void safe(String text, String note) {
        changes.add(SchemaChange.safe(subject, text, note));
    }

    private void refuse(String text, String reason, String remedy) {
        changes.add(SchemaChange.refused(subject, text, reason, remedy));
    }

    private void breaking(String text, String reason, String remedy) {
        changes.add(SchemaChange.breaking(subject, text, reason, remedy));
    }

    private static String defaultText(FeatureGroupSchema group, FeatureSpec feature) {
        return DefaultText.toText(group.dataType(), feature);
    }

    private static String seconds(FeatureGroupSchema group) {
        return group.ttl().isZero() ? "for ever" : group.ttl().toSeconds() + " s";
    }

    private static List<String> labels(SchemaVersion version) {
        return version.features().stream().map(FeatureSpec::label).toList();
    }

    private static String changed(String what, Object from, Object to) {
        return what + " " + from + " -> " + to;
    }

    /**
     * The old versions that a change from outside left out, added back: their blocks may live on.
     */
    static FeatureGroupSchema keepingVersions(FeatureGroupSchema before, FeatureGroupSchema after) {
        if (after.versions().keySet().containsAll(before.versions().keySet())) {
            return after;
        }
        Map<Integer, SchemaVersion> versions = new java.util.TreeMap<>(before.versions());
        versions.putAll(after.versions());
        return new FeatureGroupSchema(
                after.entity(),
                after.label(),
                after.id(),
                after.storeId(),
                after.dataType(),
                after.ttl(),
                after.jobId(),
                after.inMemoryCacheEnabled(),
                after.distributedCacheEnabled(),
                after.layoutVersion(),
                after.activeVersion(),
                after.columns(),
                versions);
    }
}
