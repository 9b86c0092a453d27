package io.dhara.serving.feature;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.DefaultValues;
import io.dhara.core.psdb.Quantizer;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.serving.feature.ReadPlan.Column;
import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.serving.feature.ReadPlan.Selection;
import io.dhara.serving.feature.ReadPlan.StoreRead;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves one request into a {@link ReadPlan}; made for one request, used once. */
final class ReadPlanner {
    private static final Pattern PINNED = Pattern.compile("(.+)@v(\\d{1,5})");

    private final SchemaSnapshot snapshot;
    private final EntitySchema entity;
    private final Dialect dialect;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final List<Selection> selections = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();

    private ReadPlanner(SchemaSnapshot snapshot, EntitySchema entity, Dialect dialect) {
        this.snapshot = snapshot;
        this.entity = entity;
        this.dialect = dialect;
    }

    /**
     * @throws ServingException for an unknown entity, group, version or feature, or a type that a
     *     feature cannot be read as
     */
    static ReadPlan plan(
            SchemaSnapshot snapshot,
            String entityLabel,
            List<GroupRequest> requests,
            Dialect dialect) {
        EntitySchema entity = snapshot.entity(entityLabel);
        if (entity == null) {
            throw new ServingException(Kind.NOT_FOUND, "entity " + entityLabel + " not found");
        }
        ReadPlanner planner = new ReadPlanner(snapshot, entity, dialect);
        for (GroupRequest request : requests) {
            planner.select(request);
        }
        return planner.finish();
    }

    private void select(GroupRequest request) {
        FeatureGroupSchema schema = entity.group(request.label());
        SchemaVersion version;
        if (schema != null) {
            version = schema.active();
        } else {
            Matcher pinned = PINNED.matcher(request.label());
            if (dialect != Dialect.DHARA || !pinned.matches()) {
                throw unknownGroup(request.label());
            }
            schema = entity.group(pinned.group(1));
            if (schema == null) {
                throw unknownGroup(pinned.group(1));
            }
            version = schema.version(Integer.parseInt(pinned.group(2)));
            if (version == null) {
                throw new ServingException(
                        Kind.NOT_FOUND,
                        "version "
                                + pinned.group(2)
                                + " of feature group "
                                + schema.label()
                                + " not found: its versions are "
                                + schema.versions().keySet());
            }
        }
        Group group = groups.get(schema.label());
        if (group == null) {
            group = newGroup(schema);
            groups.put(schema.label(), group);
        }
        List<String> labels = request.features();
        if (labels.isEmpty() && dialect == Dialect.DHARA) {
            labels = version.features().stream().map(FeatureSpec::label).toList();
        }
        int first = columns.size();
        for (String label : labels) {
            columns.add(column(schema, version, label));
        }
        selections.add(
                new Selection(
                        request.label(),
                        group,
                        version,
                        columns.subList(first, columns.size()),
                        dialect == Dialect.DHARA));
    }

    private Group newGroup(FeatureGroupSchema schema) {
        return new Group(
                groups.size(),
                schema,
                schema.inMemoryCacheEnabled() && entity.inMemoryCache().enabled(),
                schema.distributedCacheEnabled() && entity.distributedCache().enabled());
    }

    private Column column(FeatureGroupSchema group, SchemaVersion version, String asked) {
        String label = asked;
        DataType stored = group.dataType();
        DataType answered = stored;
        int at = asked.indexOf('@');
        if (at >= 0 && at == asked.lastIndexOf('@') && at < asked.length() - 1) {
            label = asked.substring(0, at);
            answered = quantised(stored, asked, asked.substring(at + 1));
        }
        FeatureSpec spec = version.feature(label);
        if (spec == null) {
            throw new ServingException(
                    Kind.NOT_FOUND,
                    "feature "
                            + label
                            + " not found in version "
                            + version.version()
                            + " of feature group "
                            + group.label());
        }
        byte[] blockDefault = blockDefault(group, spec);
        byte[] etcdDefault = spec.defaultBytes().length == 0 ? blockDefault : spec.defaultBytes();
        if (answered != stored) {
            blockDefault = convert(stored, answered, blockDefault);
            etcdDefault = blockDefault;
        }
        return new Column(
                columns.size(),
                label,
                spec,
                stored,
                answered,
                etcdDefault,
                blockDefault,
                width(answered, spec));
    }

    /** The default as a stored value would be answered; zeros where none is configured. */
    private byte[] blockDefault(FeatureGroupSchema group, FeatureSpec spec) {
        byte[] configured;
        try {
            configured = DefaultValues.asStored(group.dataType(), spec);
        } catch (IllegalArgumentException e) {
            throw new ServingException(
                    Kind.FAILED_PRECONDITION,
                    "feature group " + group.label() + ": " + e.getMessage());
        }
        if (configured != null) {
            return configured;
        }
        if (dialect == Dialect.COMPATIBLE) {
            throw new ServingException(
                    Kind.NOT_FOUND,
                    "no default value for feature "
                            + spec.label()
                            + " of feature group "
                            + group.label()
                            + ": configure one in the registry");
        }
        return group.dataType() == DataType.STRING_VECTOR
                ? new byte[spec.vectorLength() * Short.BYTES] // a length of 0 each
                : new byte[width(group.dataType(), spec)];
    }

    private static byte[] convert(DataType from, DataType to, byte[] bytes) {
        byte[] converted = new byte[Quantizer.convertedLength(from, to, bytes.length)];
        Quantizer.convert(from, to, bytes, 0, bytes.length, converted, 0);
        return converted;
    }

    private static DataType quantised(DataType stored, String asked, String typeName) {
        DataType answered =
                DataType.ofWireName(typeName)
                        .orElseThrow(
                                () ->
                                        new ServingException(
                                                Kind.INVALID,
                                                "unknown data type "
                                                        + typeName
                                                        + " in feature label "
                                                        + asked));
        if (!Quantizer.isAllowed(stored, answered)) {
            throw new ServingException(
                    Kind.FAILED_PRECONDITION,
                    "feature label "
                            + asked
                            + ": cannot quantise from "
                            + stored.wireName()
                            + " to "
                            + typeName);
        }
        return answered;
    }

    /** Bytes of one answered cell; 0 for strings. */
    private static int width(DataType answered, FeatureSpec spec) {
        int element =
                switch (answered.kind()) {
                    case STRING -> 0;
                    case BOOL -> 1;
                    case FLOAT, INT, UINT -> answered.elementBytes();
                };
        return answered.isVector() ? element * spec.vectorLength() : element;
    }

    private ReadPlan finish() {
        Map<String, List<Group>> byStore = new LinkedHashMap<>();
        for (Group group : groups.values()) {
            byStore.computeIfAbsent(group.schema().storeId(), id -> new ArrayList<>()).add(group);
        }
        List<StoreRead> stores = new ArrayList<>();
        for (List<Group> together : byStore.values()) {
            stores.add(new StoreRead(snapshot.storeOf(together.get(0).schema()), together));
        }
        return new ReadPlan(
                snapshot, entity, List.copyOf(groups.values()), selections, stores, columns);
    }

    private ServingException unknownGroup(String label) {
        return new ServingException(
                Kind.NOT_FOUND,
                "feature group " + label + " not found for entity : " + entity.label());
    }
}
