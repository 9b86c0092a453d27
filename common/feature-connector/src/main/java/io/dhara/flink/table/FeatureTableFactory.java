package io.dhara.flink.table;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.core.model.DataType;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.flink.config.ConfiguredRegistry;
import io.dhara.flink.feature.FeatureSink;
import io.dhara.flink.feature.GroupShape;
import io.dhara.stores.RegistrySource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * Makes {@code 'connector' = 'dhara-features'} a table that can be written. What is wrong with a
 * table is said when a statement is planned; with a registry, that includes key, features and types
 * of the group.
 */
public final class FeatureTableFactory implements DynamicTableSinkFactory {
    /** Name of the connector. */
    public static final String IDENTIFIER = "dhara-features";

    private static final String TYPE_PREFIX = "DataType";

    @Override
    public String factoryIdentifier() {
        return IDENTIFIER;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(
                FeatureTableOptions.BOOTSTRAP_SERVERS,
                FeatureTableOptions.ENTITY,
                FeatureTableOptions.GROUP);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(
                FeatureTableOptions.EVENT_TIME,
                FeatureTableOptions.DATA_TYPE,
                FeatureTableOptions.TOPIC,
                FeatureTableOptions.DEAD_LETTER_TOPIC,
                FeatureTableOptions.SCHEMA_VERSION,
                FeatureTableOptions.MAX_RECORD_SIZE,
                FeatureTableOptions.NOT_A_NUMBER,
                FeatureTableOptions.FILL_VECTORS,
                FactoryUtil.SINK_PARALLELISM);
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validateExcept(
                FeatureTableOptions.KAFKA_PREFIX, FeatureTableOptions.REGISTRY_PREFIX);
        ReadableConfig options = helper.getOptions();
        Map<String, String> given = context.getCatalogTable().getOptions();
        FeatureColumns columns =
                FeatureColumns.of(
                        context.getCatalogTable().getResolvedSchema(),
                        options.get(FeatureTableOptions.EVENT_TIME));
        FeatureSink.Builder sink = sink(options, given, columns);
        List<String> key = setShape(sink, options, given, columns);
        return new FeatureTable(
                new RowDataSink(built(sink), new RowReader(columns, key)),
                options.get(FeatureTableOptions.ENTITY)
                        + "/"
                        + options.get(FeatureTableOptions.GROUP),
                options.getOptional(FeatureTableOptions.DATA_TYPE).isEmpty(),
                options.getOptional(FactoryUtil.SINK_PARALLELISM).orElse(null));
    }

    private static FeatureSink.Builder sink(
            ReadableConfig options, Map<String, String> given, FeatureColumns columns) {
        FeatureSink.Builder sink =
                FeatureSink.builder()
                        .setBootstrapServers(options.get(FeatureTableOptions.BOOTSTRAP_SERVERS))
                        .setTopic(options.get(FeatureTableOptions.TOPIC))
                        .setDeadLetterTopic(options.get(FeatureTableOptions.DEAD_LETTER_TOPIC))
                        .setMaxRecordBytes(
                                (int)
                                        Math.min(
                                                Integer.MAX_VALUE,
                                                options.get(FeatureTableOptions.MAX_RECORD_SIZE)
                                                        .getBytes()))
                        .setSchemaVersion(options.get(FeatureTableOptions.SCHEMA_VERSION))
                        .setAcceptNotANumber(
                                options.get(FeatureTableOptions.NOT_A_NUMBER)
                                        == FeatureTableOptions.NotANumber.ACCEPT)
                        .setFillVectors(options.get(FeatureTableOptions.FILL_VECTORS))
                        .setFeatures(
                                options.get(FeatureTableOptions.ENTITY),
                                options.get(FeatureTableOptions.GROUP),
                                columns.features());
        given.forEach(
                (name, value) -> {
                    if (name.startsWith(FeatureTableOptions.KAFKA_PREFIX)) {
                        sink.setKafkaProperty(
                                name.substring(FeatureTableOptions.KAFKA_PREFIX.length()), value);
                    }
                });
        return sink;
    }

    /** Sets the registry or the data type; the key columns in the entity's order. */
    private static List<String> setShape(
            FeatureSink.Builder sink,
            ReadableConfig options,
            Map<String, String> given,
            FeatureColumns columns) {
        Map<String, String> registry = new HashMap<>();
        given.forEach(
                (name, value) -> {
                    if (name.startsWith(FeatureTableOptions.REGISTRY_PREFIX)) {
                        registry.put(name, value);
                    }
                });
        String typeName = options.getOptional(FeatureTableOptions.DATA_TYPE).orElse("");
        if (registry.isEmpty() == typeName.isEmpty()) {
            throw new ValidationException(
                    "A dhara-features table needs either a registry ('registry.etcd.endpoints' or 'registry.folder') or 'data-type': got %s."
                            .formatted(registry.isEmpty() ? "neither" : "both"));
        }
        if (registry.isEmpty()) {
            DataType type = type(typeName);
            columns.checkTypes(type);
            sink.setDataType(type, columns.key());
            return columns.key();
        }
        ConfiguredRegistry factory = new ConfiguredRegistry(source(registry));
        GroupShape shape = shape(factory, options, columns.features());
        columns.checkTypes(shape.type());
        sink.setRegistry(factory);
        return columns.keyOf(shape);
    }

    private static DataType type(String name) {
        String wireName = name.startsWith(TYPE_PREFIX) ? name : TYPE_PREFIX + name;
        return DataType.ofWireName(wireName)
                .orElseThrow(
                        () ->
                                new ValidationException(
                                        "'data-type' must be one of %s: got %s."
                                                .formatted(
                                                        Arrays.stream(DataType.values())
                                                                .map(FeatureTableFactory::shortName)
                                                                .toList(),
                                                        name)));
    }

    private static String shortName(DataType type) {
        return type.wireName().substring(TYPE_PREFIX.length());
    }

    private static RegistrySource source(Map<String, String> registry) {
        Settings settings = Settings.parse(registry);
        RegistrySource source = RegistrySource.from(settings);
        try {
            settings.finish();
        } catch (ConfigException e) {
            throw new ValidationException("The registry's options are wrong: " + e.getMessage(), e);
        }
        return source;
    }

    /** The group as the registry knows it now. */
    private static GroupShape shape(
            ConfiguredRegistry factory, ReadableConfig options, List<String> features) {
        try (SchemaRegistry registry = factory.open()) {
            return GroupShape.of(
                    registry.current(),
                    options.get(FeatureTableOptions.ENTITY),
                    options.get(FeatureTableOptions.GROUP),
                    options.get(FeatureTableOptions.SCHEMA_VERSION),
                    features);
        } catch (IllegalArgumentException e) {
            throw new ValidationException(
                    "The registry has no such features: "
                            + e.getMessage()
                            + ". Correct the table, or add them with ./dhara registry plan.",
                    e);
        }
    }

    private static FeatureSink built(FeatureSink.Builder sink) {
        try {
            return sink.build();
        } catch (IllegalArgumentException e) {
            throw new ValidationException(String.valueOf(e.getMessage()), e);
        }
    }
}
