package io.dhara.cli;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.graph.config.GraphSource;
import io.dhara.localstack.LocalStack;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.etcd.EtcdConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.schema.EtcdTarget;
import io.dhara.stores.write.schema.FolderTarget;
import io.dhara.stores.write.schema.SchemaTarget;
import io.dhara.stores.write.schema.TableMaker;
import io.dhara.stores.write.scylla.ScyllaTables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Which schemas a command changes and where their tables are: those of the running stack, a folder,
 * or what a settings file of the jobs names.
 */
final class RegistryTarget {
    private static final Duration TABLE_TIMEOUT = Duration.ofSeconds(30);

    @Mixin private StackOptions stack;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = {
                "Settings of a job or of serving: registry.folder or registry.etcd.* and stores.scylla.*",
                "from there, instead of the running stack's."
            })
    private @Nullable Path config;

    @Option(
            names = "--max-txn-ops",
            paramLabel = "N",
            defaultValue = "128",
            description = "etcd's --max-txn-ops. Default: ${DEFAULT-VALUE}.")
    private int maxOps;

    @Option(names = "--no-tables", description = "Make no tables and columns; someone else does.")
    private boolean noTables;

    /**
     * @param wanted folder whose files shall be in force, or null to read only
     */
    SchemaTarget open(@Nullable Path wanted) {
        Map<String, String> files = wanted == null ? Map.of() : Registries.files(wanted);
        if (config == null) {
            return new FolderTarget(stack.registry(), files);
        }
        Settings settings = settings(config);
        if (!settings.children("registry.etcd").isEmpty()) {
            return new EtcdTarget(EtcdConfig.from(settings, "registry.etcd"), maxOps);
        }
        return new FolderTarget(Path.of(settings.required("registry.folder")), files);
    }

    /** The graphs that are served with those schemas; where none are named, an empty folder. */
    GraphTarget openGraphs() {
        if (config == null) {
            return new FolderGraphTarget(GraphOptions.of(stack.registry()));
        }
        Settings settings = settings(config);
        if (GraphSource.from(settings) instanceof GraphSource.Etcd etcd) {
            return new EtcdGraphTarget(etcd.config(), maxOps);
        }
        String folder = settings.string("inferflow.graphs.folder", "");
        return folder.isEmpty()
                ? new NoGraphTarget(config)
                : new FolderGraphTarget(Path.of(folder));
    }

    TableMaker tables() {
        if (noTables) {
            return TableMaker.NONE;
        }
        Map<Integer, ScyllaConfig> connections =
                config == null ? new TreeMap<>() : StoreConnections.from(settings(config)).scylla();
        return (schemas, confId) -> {
            ScyllaConfig connection = config == null ? stackConnection() : connections.get(confId);
            if (connection == null) {
                throw new CommandFailure(
                        "%s has no stores.scylla.%d.*, which the schemas name: add it, or give"
                                        .formatted(config, confId)
                                + " --no-tables.");
            }
            try (ScyllaTables tables = ScyllaTables.open(connection, TABLE_TIMEOUT)) {
                return tables.apply(schemas, confId);
            }
        };
    }

    private ScyllaConfig stackConnection() {
        return ScyllaConfig.of(
                List.of(Endpoint.parse(stack.cql())),
                EmbeddedCassandra.DATACENTER,
                LocalStack.KEYSPACE);
    }

    private static Settings settings(Path file) {
        try {
            return Settings.ofYaml(file);
        } catch (ConfigException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }
}
