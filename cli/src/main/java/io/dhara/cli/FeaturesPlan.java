package io.dhara.cli;

import io.dhara.realtime.domain.definition.DefinitionChange;
import io.dhara.realtime.domain.definition.DefinitionChange.Step;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.RegistryFit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what becomes of kept values when one definition replaces another. */
@Command(
        name = "plan",
        description = {
            "Shows what replacing one definition by another would do to what is kept.",
            "Steps are KEEPS, FILLS (right once the window has passed), FORGETS and REFUSED; exit code 1 when the job",
            "cannot go on from a savepoint of the old one. Without --from: what a new job would begin with."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: ./dhara features plan new/kitchen.yaml --from kitchen.yaml"})
final class FeaturesPlan implements Callable<Integer> {
    @Mixin private Output output;

    @Parameters(paramLabel = "FILE", description = "The new definition.")
    private Path file;

    @Option(
            names = "--from",
            paramLabel = "OLD",
            description = "The definition of the job that runs now.")
    private @Nullable Path from;

    @Option(
            names = "--registry",
            paramLabel = "DIR",
            description = "Schema folder that its groups must be in.")
    private @Nullable Path registry;

    @Override
    public Integer call() {
        FeaturePlan after = DefinitionFiles.plan(file);
        FeaturePlan before =
                from == null
                        ? new FeaturePlan(after.name(), List.of(), List.of())
                        : DefinitionFiles.plan(from);
        DefinitionChange change = DefinitionChange.between(before, after);
        List<String> misfits =
                registry == null
                        ? List.of()
                        : RegistryFit.misfits(after, Registries.snapshot(registry), "");
        output.result(document(change, misfits), text(change, misfits));
        return change.compatible() && misfits.isEmpty() ? 0 : 1;
    }

    private static Map<String, Object> document(DefinitionChange change, List<String> misfits) {
        List<Map<String, String>> steps = new ArrayList<>();
        for (Step step : change.steps()) {
            Map<String, String> one = new LinkedHashMap<>();
            one.put("effect", step.effect().name().toLowerCase(Locale.ROOT));
            one.put("subject", step.subject());
            one.put("reason", step.reason());
            steps.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("compatible", change.compatible());
        document.put("steps", steps);
        document.put("misfits", misfits);
        return document;
    }

    private String text(DefinitionChange change, List<String> misfits) {
        List<String> lines = new ArrayList<>();
        change.steps().forEach(step -> lines.add(step.toString()));
        misfits.forEach(misfit -> lines.add("MISFIT " + misfit));
        if (from == null) {
            lines.add("a new job; it needs no savepoint");
        } else if (change.steps().isEmpty()) {
            lines.add("nothing changes: every value is kept");
        } else if (change.compatible()) {
            lines.add(
                    "compatible: stop the job with a savepoint, then ./dhara features submit "
                            + file
                            + " --from-savepoint PATH");
        } else {
            lines.add(
                    "refused: no savepoint of "
                            + from
                            + " can be gone on from. To run both until the windows are full, add"
                            + " shadow groups to the registry and ./dhara features submit "
                            + file
                            + " --shadow _next");
        }
        return String.join("\n", lines);
    }
}
