package io.dhara.flink.feature;

import io.dhara.flink.serde.ValueTypeInfo;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * The features of one entity in one group at one instant. Immutable.
 *
 * @param key parts of the entity key, in the entity's order
 * @param eventTimeMillis instant the values hold at, epoch milliseconds
 * @param values in the order of the sink's features: a {@link Boolean}, {@link Number}, {@link
 *     String}, or a {@link List} of one of these for a vector; null: the feature is left out, its
 *     default is served
 */
@TypeInfo(FeatureRow.TypeFactory.class)
public record FeatureRow(List<String> key, long eventTimeMillis, List<@Nullable Object> values) {

    public static final TypeInformation<FeatureRow> TYPE =
            new ValueTypeInfo<>(FeatureRow.class, new FeatureRowSerializer());

    public FeatureRow {
        key = List.copyOf(key);
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    /** Lets Flink find {@link #TYPE}. */
    public static final class TypeFactory extends TypeInfoFactory<FeatureRow> {
        @Override
        public TypeInformation<FeatureRow> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return TYPE;
        }
    }
}
