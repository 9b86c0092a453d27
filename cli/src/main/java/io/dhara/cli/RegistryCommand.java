package io.dhara.cli;

import io.dhara.core.registry.InvalidSchemasException;
import io.dhara.core.registry.SchemaChange;
import io.dhara.core.registry.SchemaPlan;
import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.SchemaYaml;
import io.dhara.graph.config.GraphLimits;
import io.dhara.graph.config.GraphSet;
import io.dhara.graph.config.GraphsPlan;
import io.dhara.stores.write.schema.HistoryEntry;
import io.dhara.stores.write.schema.SchemaApplier;
import io.dhara.stores.write.schema.SchemaTarget;
import io.dhara.stores.write.schema.SchemasChangedException;
import io.dhara.stores.write.schema.TableMaker;
import io.dhara.stores.write.schema.UnsafeSchemaChangeException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Schemas and graphs: check them, see what a change would do, make it, look at what is in force.
 */
@Command(
        name = "registry",
        description = {
            "Checks and changes schemas and graphs. A change that would make stored values unreadable is refused",
            "before anything is written, and so is one that breaks a graph; tables and columns are made",
            "before the schemas name them."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example: cp -r .dhara/schemas new; edit new/user.yaml; ./dhara registry plan new; ./dhara registry apply new"
        })
final class RegistryCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Without a subcommand: wrong usage. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a registry command is needed");
    }

    @Command(
            name = "validate",
            description = "Checks a folder of schema files; exit code 1 when something is wrong.",
            mixinStandardHelpOptions = true)
    int validate(
            @Mixin Output output,
            @Mixin GraphOptions graphs,
            @Parameters(paramLabel = "DIR", description = "Folder of schema files.") Path folder) {
        SchemaSnapshot schemas;
        try {
            schemas = Registries.read(folder);
        } catch (InvalidSchemasException e) {
            return refuse(output, e.problems(), String.valueOf(e.getMessage()));
        }
        Map<String, String> files = graphs.files(folder);
        GraphSet set = files == null ? GraphSet.EMPTY : GraphSet.ofFiles(files);
        GraphsPlan checked =
                GraphsPlan.between(
                        GraphSet.EMPTY, set, schemas, schemas, GraphLimits.DEFAULT, false);
        if (!checked.isSafe()) {
            String text =
                    "graphs are not usable:\n"
                            + String.join(
                                    "\n",
                                    checked.problems().stream().map(Object::toString).toList());
            return refuse(output, checked.problems(), text);
        }
        int groups = schemas.entities().values().stream().mapToInt(e -> e.groups().size()).sum();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("valid", true);
        document.put("entities", schemas.entities().keySet());
        document.put("groups", groups);
        document.put("stores", schemas.stores().keySet());
        document.put("graphs", set.definitions().keySet());
        document.put("warnings", checked.warnings());
        StringBuilder text =
                new StringBuilder(
                        "valid: %d entities with %d groups on %d stores"
                                .formatted(
                                        schemas.entities().size(),
                                        groups,
                                        schemas.stores().size()));
        if (files != null) {
            text.append(", ").append(set.definitions().size()).append(" graphs");
        }
        checked.warnings().forEach(warning -> text.append("\nwarning: ").append(warning));
        output.result(document, text.toString());
        return 0;
    }

    private static int refuse(Output output, List<SchemaProblem> found, String text) {
        List<Map<String, String>> problems =
                found.stream().map(p -> Map.of("place", p.place(), "problem", p.text())).toList();
        output.result(Map.of("valid", false, "problems", problems), text);
        return 1;
    }

    @Command(
            name = "plan",
            description =
                    "Shows what applying a folder would change; exit code 1 when it would be refused.",
            mixinStandardHelpOptions = true)
    int plan(
            @Mixin Output output,
            @Mixin RegistryTarget target,
            @Mixin GraphOptions graphs,
            @Parameters(paramLabel = "DIR", description = "Folder of the wanted schemas.")
                    Path folder,
            @Option(
                            names = "--allow-removals",
                            description = "Take removals, which lose what is stored.")
                    boolean allowRemovals)
            throws InterruptedException {
        SchemaSnapshot wanted = Registries.snapshot(folder);
        try (SchemaTarget schemas = target.open(folder);
                GraphTarget graphTarget = target.openGraphs()) {
            SchemaApplier.Planned planned =
                    new SchemaApplier(schemas, TableMaker.NONE, Clock.systemUTC())
                            .plan(wanted, allowRemovals);
            GraphChanges graphChanges =
                    GraphChanges.plan(
                            graphTarget,
                            graphs.files(folder),
                            planned.current(),
                            planned.desired(),
                            allowRemovals);
            output.result(
                    document(planned.plan(), graphChanges), text(planned.plan(), graphChanges));
            return planned.plan().isSafe() && graphChanges.plan().isSafe() ? 0 : 1;
        } catch (InvalidSchemasException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    @Command(
            name = "apply",
            description = "Makes the schemas of a folder those in force, if every change is safe.",
            mixinStandardHelpOptions = true)
    int apply(
            @Mixin Output output,
            @Mixin RegistryTarget target,
            @Mixin GraphOptions graphs,
            @Parameters(paramLabel = "DIR", description = "Folder of the wanted schemas.")
                    Path folder,
            @Option(
                            names = "--allow-removals",
                            description = "Take removals, which lose what is stored.")
                    boolean allowRemovals)
            throws InterruptedException {
        SchemaSnapshot wanted = Registries.snapshot(folder);
        Clock clock = Clock.systemUTC();
        try (SchemaTarget schemas = target.open(folder);
                GraphTarget graphTarget = target.openGraphs()) {
            SchemaApplier applier = new SchemaApplier(schemas, target.tables(), clock);
            SchemaApplier.Planned planned = applier.plan(wanted, allowRemovals);
            GraphChanges graphChanges =
                    GraphChanges.plan(
                            graphTarget,
                            graphs.files(folder),
                            planned.current(),
                            planned.desired(),
                            allowRemovals);
            if (!graphChanges.plan().isSafe()) {
                output.result(
                        document(planned.plan(), graphChanges), text(planned.plan(), graphChanges));
                throw new CommandFailure(
                        "nothing was applied: %d problems of graphs, see above."
                                .formatted(graphChanges.plan().problems().size()));
            }
            SchemaApplier.Applied applied = applier.apply(wanted, allowRemovals);
            long graphNumber = graphChanges.apply(clock);
            Map<String, Object> document = document(applied.plan(), graphChanges);
            document.put("statements", applied.statements());
            document.put("number", applied.number());
            document.put("graph_number", graphNumber);
            StringBuilder text = new StringBuilder(text(applied.plan(), graphChanges));
            applied.statements().forEach(statement -> text.append("\nran ").append(statement));
            if (applied.number() > 0) {
                text.append("\napplied as change ").append(applied.number());
            }
            if (graphNumber > 0) {
                text.append("\napplied as change ").append(graphNumber).append(" of graphs");
            }
            output.result(document, text.toString());
            return 0;
        } catch (UnsafeSchemaChangeException e) {
            output.result(document(e.plan()), text(e.plan()));
            throw new CommandFailure(
                    "nothing was applied: "
                            + e.plan().refused().size()
                            + " of "
                            + e.plan().changes().size()
                            + " changes are refused, see above.",
                    e);
        } catch (InvalidSchemasException | SchemasChangedException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    @Command(
            name = "get",
            description = "Shows the schemas in force as files, tokens hidden.",
            mixinStandardHelpOptions = true)
    int get(
            @Mixin Output output,
            @Mixin RegistryTarget target,
            @Parameters(arity = "0..1", paramLabel = "ENTITY", description = "Only this entity.")
                    @Nullable String entity)
            throws InterruptedException {
        try (SchemaTarget schemas = target.open(null);
                GraphTarget graphTarget = target.openGraphs()) {
            SchemaSnapshot current = schemas.current();
            Map<String, String> graphs = entity == null ? graphTarget.current() : Map.of();
            Map<String, String> files = new LinkedHashMap<>(SchemaYaml.files(current, false));
            if (entity != null) {
                if (current.entity(entity) == null) {
                    throw new CommandFailure(
                            "no entity " + entity + "; there are " + current.entities().keySet());
                }
                files.keySet().retainAll(List.of(entity + ".yaml"));
            }
            StringBuilder text = new StringBuilder();
            files.forEach(
                    (name, yaml) ->
                            text.append("# ").append(name).append('\n').append(yaml).append('\n'));
            graphs.forEach(
                    (name, graph) ->
                            text.append("# graphs/")
                                    .append(name)
                                    .append('\n')
                                    .append(graph)
                                    .append('\n'));
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("revision", current.revision());
            document.put("files", files);
            document.put("graphs", graphs);
            output.result(document, text.toString().stripTrailing());
            return 0;
        } catch (InvalidSchemasException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    @Command(
            name = "history",
            description = "Lists the changes that were applied, oldest first.",
            mixinStandardHelpOptions = true)
    int history(@Mixin Output output, @Mixin RegistryTarget target) throws InterruptedException {
        try (SchemaTarget schemas = target.open(null);
                GraphTarget graphs = target.openGraphs()) {
            Map<String, Object> document = new LinkedHashMap<>();
            List<String> texts = new ArrayList<>();
            texts.add(history("history", schemas.history(), document));
            if (!graphs.history().isEmpty()) {
                texts.add("graphs:");
                texts.add(history("graph_history", graphs.history(), document));
            }
            output.result(document, String.join("\n", texts));
            return 0;
        }
    }

    /** Returns a table, and puts the same into the document. */
    private static String history(
            String name, List<HistoryEntry> entries, Map<String, Object> document) {
        List<Map<String, Object>> items = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (HistoryEntry entry : entries) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("number", entry.number());
            one.put("time", entry.time().toString());
            one.put("summary", entry.summary());
            items.add(one);
            rows.add(
                    List.of(
                            String.valueOf(entry.number()),
                            entry.time().toString(),
                            entry.summary()));
        }
        document.put(name, items);
        return rows.isEmpty()
                ? "no change has been applied"
                : Output.table("NUMBER TIME SUMMARY", rows);
    }

    private static Map<String, Object> document(SchemaPlan plan) {
        List<Map<String, Object>> changes = new ArrayList<>();
        for (SchemaChange change : plan.changes()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("subject", change.subject());
            one.put("change", change.text());
            one.put("verdict", change.verdict().name().toLowerCase(java.util.Locale.ROOT));
            one.put("reason", change.reason());
            one.put("remedy", change.remedy());
            changes.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("safe", plan.isSafe());
        document.put("changes", changes);
        return document;
    }

    private static Map<String, Object> document(SchemaPlan plan, GraphChanges graphs) {
        Map<String, Object> document = document(plan);
        document.put("safe", plan.isSafe() && graphs.plan().isSafe());
        document.put("graphs", graphs.document());
        document.put("graph_problems", graphs.problems());
        document.put("warnings", graphs.plan().warnings());
        return document;
    }

    private static String text(SchemaPlan plan, GraphChanges graphs) {
        String ofGraphs = graphs.text();
        if (ofGraphs.isEmpty()) {
            return text(plan);
        }
        return plan.changes().isEmpty() ? ofGraphs : text(plan) + "\n" + ofGraphs;
    }

    private static String text(SchemaPlan plan) {
        return plan.changes().isEmpty()
                ? "nothing changes"
                : String.join("\n", plan.changes().stream().map(SchemaChange::toString).toList());
    }
}
