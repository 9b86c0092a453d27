package io.dhara.cli;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.TierStores;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.scylla.InteractionTables;
import io.dhara.stores.write.scylla.InteractionTablesConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The cold tier's keyspace and tables. */
@Command(
        name = "tables",
        description = {
            "Prints the CQL that makes the cold tier's keyspace and tables, or makes them.",
            "What is there is neither dropped nor changed."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: ./dhara tables --config my-sessionizer.yaml | cqlsh; ./dhara tables --config my-sessionizer.yaml --apply"
        })
final class TablesCommand implements Runnable {
    private static final Path SHIPPED =
            Path.of("flink-conf", "jobs", "interaction-sessionizer.settings.yaml");

    /** What says how the tables look and where they are; the rest of the file is not our matter. */
    private static final Predicate<String> OF_TABLES =
            Pattern.compile(
                            "stores\\..*"
                                    + "|interactions\\.(types|slots)"
                                    + "|interactions\\.(type|cold|hot)\\..*")
                    .asMatchPredicate();

    @Spec private CommandSpec spec;
    @Mixin private Output output;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Settings of the interaction-sessionizer job or of serving. Default: those that ship.")
    private Path config;

    @Option(names = "--apply", description = "Make what is missing.")
    private boolean apply;

    @Option(
            names = "--timeout",
            defaultValue = "PT60S",
            description = "Longest wait for the connection and for each statement. Default: 60 s.")
    private Duration timeout;

    @Parameters(
            arity = "0..*",
            paramLabel = "KEY=VALUE",
            description = "Settings that go before the file's.")
    private List<String> overrides = List.of();

    @Override
    public void run() {
        Settings settings = settings();
        StoreConnections connections = StoreConnections.from(settings);
        TierStores tiers = TierStores.from(settings, connections);
        InteractionTypes types = InteractionTypes.from(settings);
        ColdTierConfig tier = ColdTierConfig.from(settings);
        HotTierConfig.from(settings);
        ScyllaConfig store = connections.scylla().get(tiers.coldConfId());
        // Without a store there is a problem already, which finish reports.
        InteractionTablesConfig tablesConfig =
                InteractionTablesConfig.from(settings, store == null ? "none" : store.datacenter());
        try {
            settings.finish();
        } catch (ConfigException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        InteractionTables tables = new InteractionTables(store, tablesConfig, types, tier.slots());
        if (apply) {
            make(tables, store);
        }
        output.result(
                Map.of(
                        "keyspace",
                        store.keyspace(),
                        "applied",
                        apply,
                        "statements",
                        tables.statements()),
                apply
                        ? "keyspace "
                                + store.keyspace()
                                + " has the "
                                + (tables.statements().size() - 1)
                                + " tables"
                        : tables.print().stripTrailing());
    }

    private void make(InteractionTables tables, ScyllaConfig store) {
        try {
            tables.create(timeout);
        } catch (RuntimeException e) {
            throw new CommandFailure("the tables of " + store + ": " + e.getMessage(), e);
        }
    }

    private Settings settings() {
        Settings file;
        try {
            file = Settings.ofYaml(config == null ? Home.dir().resolve(SHIPPED) : config);
        } catch (ConfigException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Map<String, String> given = new TreeMap<>();
        for (String area : List.of("stores", "interactions")) {
            file.properties(area).forEach((name, value) -> given.put(area + "." + name, value));
        }
        given.keySet().removeIf(OF_TABLES.negate());
        for (String override : overrides) {
            int equals = override.indexOf('=');
            if (equals < 1) {
                throw new ParameterException(
                        spec.commandLine(), "a setting looks like KEY=VALUE: got " + override);
            }
            given.put(override.substring(0, equals), override.substring(equals + 1));
        }
        return Settings.parse(given);
    }
}
