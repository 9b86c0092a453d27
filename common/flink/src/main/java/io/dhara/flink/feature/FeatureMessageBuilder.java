package io.dhara.flink.feature;

import io.dhara.core.model.DataType;
import io.dhara.flink.feature.FeatureRefusedException.Reason;
import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.FeatureGroupSchema;
import io.dhara.proto.persist.FeatureValues;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the feature message of one entity key, checked as far as the shapes know: what it lets
 * through, feature-ingest takes. For one message and one thread.
 *
 * <p>A write replaces its whole group, so a message must carry every value that is to be kept: a
 * feature that is left out is served as its default afterwards.
 */
public final class FeatureMessageBuilder {
    private final String entity;
    private final ValueWriter writer;
    private final Query.Builder query = Query.newBuilder();
    private final Data.Builder data = Data.newBuilder();

    /**
     * @param keyLabels key columns of the entity, in its key order
     * @param key a value for each
     * @param acceptNotANumber whether NaN, infinities and numbers that would be stored as one go
     *     through; feature-ingest rejects them unless {@code ingest.not-a-number} says otherwise
     * @throws FeatureRefusedException if the key is none of the entity
     */
    public FeatureMessageBuilder(
            String entity, List<String> keyLabels, List<String> key, boolean acceptNotANumber) {
        this.entity = entity;
        this.writer = new ValueWriter(acceptNotANumber);
        checkKey(entity, keyLabels, key);
        query.setEntityLabel(entity).addAllKeysSchema(keyLabels);
        data.addAllKeyValues(key);
    }

    private static void checkKey(String entity, List<String> keyLabels, List<String> key) {
        if (key.size() != keyLabels.size()) {
            throw new FeatureRefusedException(
                    Reason.KEY_MISMATCH,
                    "key of entity %s must have the %d parts %s: got %d"
                            .formatted(entity, keyLabels.size(), keyLabels, key.size()));
        }
        for (int i = 0; i < key.size(); i++) {
            if (key.get(i).isEmpty()) {
                throw new FeatureRefusedException(
                        Reason.KEY_MISMATCH,
                        "%s of entity %s must not be empty".formatted(keyLabels.get(i), entity));
            }
            if (Utf8Length.of(key.get(i)) < 0) {
                throw new FeatureRefusedException(
                        Reason.KEY_MISMATCH,
                        "%s of entity %s has half a surrogate pair"
                                .formatted(keyLabels.get(i), entity));
            }
        }
    }

    /**
     * Adds the values of one group. If all are null, one default stands for them: a message must
     * name a feature.
     *
     * @param values one per feature of the shape: a {@link Boolean}, {@link Number}, {@link String}
     *     or a {@link List} of them; null leaves the feature out
     * @throws FeatureRefusedException if a value does not fit; the message is of no use then
     */
    public FeatureMessageBuilder add(GroupShape shape, List<? extends @Nullable Object> values) {
        if (!shape.entity().equals(entity)) {
            throw new IllegalArgumentException(
                    "group %s must be of entity %s: got %s"
                            .formatted(shape.group(), entity, shape.entity()));
        }
        List<GroupShape.Feature> features = shape.features();
        if (values.size() != features.size()) {
            throw new FeatureRefusedException(
                    Reason.WRONG_COUNT,
                    "group %s must have one value per feature, %d: got %d"
                            .formatted(shape.group(), features.size(), values.size()));
        }
        FeatureGroupSchema.Builder group = FeatureGroupSchema.newBuilder().setLabel(shape.group());
        Values.Builder list = Values.newBuilder();
        for (int i = 0; i < features.size(); i++) {
            Object value = values.get(i);
            if (value != null) {
                writer.add(list, shape.type(), features.get(i), value);
                group.addFeatureLabels(features.get(i).label());
            }
        }
        if (group.getFeatureLabelsCount() == 0) {
            addDefault(shape, group, list);
        }
        query.addFeatureGroupSchema(group);
        data.addFeatureValues(FeatureValues.newBuilder().setValues(list));
        return this;
    }

    private void addDefault(
            GroupShape shape, FeatureGroupSchema.Builder group, Values.Builder list) {
        for (GroupShape.Feature feature : shape.features()) {
            if (feature.defaultElements() != null) {
                DataType type = shape.type();
                List<Object> elements = TextValues.vector(type, feature.defaultElements());
                writer.add(list, type, feature, type.isVector() ? elements : elements.get(0));
                group.addFeatureLabels(feature.label());
                return;
            }
        }
        throw new FeatureRefusedException(
                Reason.NO_DEFAULT,
                "group %s needs a value for at least one feature, or a registry that knows a default"
                        .formatted(shape.group()));
    }

    /** The message of everything that was added. */
    public Query build() {
        return query.clone().addData(data).build();
    }
}
