package io.dhara.ingest.domain;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.SegmentLayout;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.persist.FeatureGroupSchemaOrBuilder;
import org.jspecify.annotations.Nullable;

/** How the values of one group of a message go into its blocks: the same for all of its rows. */
final class GroupPlan {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final FeatureGroupSchema schema;
    private final SchemaVersion version;
    private final FeatureSpec[] features;
    private final long capacityBytes;
    private final long expiryEpochSeconds;

    private GroupPlan(
            FeatureGroupSchema schema,
            SchemaVersion version,
            FeatureSpec[] features,
            long capacityBytes,
            long expiryEpochSeconds) {
        this.schema = schema;
        this.version = version;
        this.features = features;
        this.capacityBytes = capacityBytes;
        this.expiryEpochSeconds = expiryEpochSeconds;
    }

    /**
     * @throws RejectedException if the message cannot be meant for this schema
     */
    static GroupPlan of(
            SchemaSnapshot snapshot,
            EntitySchema entity,
            FeatureGroupSchemaOrBuilder sent,
            MessageHeaders headers) {
        FeatureGroupSchema schema = entity.group(sent.getLabel());
        if (schema == null) {
            throw new RejectedException(
                    RejectReason.UNKNOWN_GROUP,
                    "feature group "
                            + Labels.shown(sent.getLabel())
                            + " is not in entity "
                            + entity.label()
                            + " of schema revision "
                            + snapshot.revision());
        }
        SchemaVersion version = versionOf(schema, headers.versionOf(schema.label()));
        return new GroupPlan(
                schema,
                version,
                featuresOf(schema, version, sent),
                capacity(snapshot.storeOf(schema), schema),
                expiry(schema, headers.eventMillis()));
    }

    private static SchemaVersion versionOf(FeatureGroupSchema schema, @Nullable Integer asked) {
        if (asked == null) {
            return schema.active();
        }
        SchemaVersion version = schema.version(asked);
        if (version == null) {
            throw new RejectedException(
                    RejectReason.UNKNOWN_VERSION,
                    "feature group "
                            + schema.label()
                            + " has versions "
                            + schema.versions().keySet()
                            + ": header "
                            + MessageHeaders.SCHEMA_VERSION
                            + " asks for "
                            + asked);
        }
        return version;
    }

    private static FeatureSpec[] featuresOf(
            FeatureGroupSchema schema, SchemaVersion version, FeatureGroupSchemaOrBuilder sent) {
        int count = sent.getFeatureLabelsCount();
        if (count == 0) {
            throw new RejectedException(
                    RejectReason.WRONG_COUNT,
                    "feature_labels of feature group " + schema.label() + " is empty");
        }
        FeatureSpec[] features = new FeatureSpec[count];
        boolean[] seen = new boolean[version.featureCount()];
        for (int i = 0; i < count; i++) {
            FeatureSpec feature = version.feature(sent.getFeatureLabels(i));
            if (feature == null) {
                throw new RejectedException(
                        RejectReason.UNKNOWN_FEATURE,
                        "feature "
                                + Labels.shown(sent.getFeatureLabels(i))
                                + " is not in version "
                                + version.version()
                                + " of feature group "
                                + schema.label());
            }
            if (seen[feature.sequence()]) {
                throw new RejectedException(
                        RejectReason.DUPLICATE_FEATURE,
                        "feature "
                                + feature.label()
                                + " is named twice in feature group "
                                + schema.label());
            }
            seen[feature.sequence()] = true;
            features[i] = feature;
        }
        return features;
    }

    private static long capacity(StoreConfig store, FeatureGroupSchema schema) {
        return switch (store.kind()) {
            case SCYLLA ->
                    schema.columns().isEmpty()
                            ? 0
                            : new SegmentLayout(schema.columns(), store.maxColumnSizeBytes())
                                    .capacityBytes();
            case REDIS -> NO_LIMIT;
        };
    }

    private static long expiry(FeatureGroupSchema schema, long eventMillis) {
        return schema.ttl().isZero() ? 0 : eventMillis / 1000 + schema.ttl().toSeconds();
    }

    FeatureGroupSchema schema() {
        return schema;
    }

    SchemaVersion version() {
        return version;
    }

    DataType type() {
        return schema.dataType();
    }

    /** Features named in the message. */
    int featureCount() {
        return features.length;
    }

    /** Place in the block of the feature named at this index. */
    int sequence(int index) {
        return features[index].sequence();
    }

    String label(int index) {
        return features[index].label();
    }

    long expiryEpochSeconds() {
        return expiryEpochSeconds;
    }

    /** Whether a block of this message is past its life: strictly after the expiry. */
    boolean isExpiredAt(long nowMillis) {
        return expiryEpochSeconds != 0 && nowMillis > expiryEpochSeconds * 1000;
    }

    void checkCapacity(int blockLength) {
        if (blockLength > capacityBytes) {
            throw new RejectedException(
                    RejectReason.BLOCK_TOO_LARGE,
                    "block of feature group "
                            + schema.label()
                            + " has "
                            + blockLength
                            + " bytes, its "
                            + schema.columns().size()
                            + " segment columns hold "
                            + capacityBytes
                            + ": add a segment column");
        }
    }
}
