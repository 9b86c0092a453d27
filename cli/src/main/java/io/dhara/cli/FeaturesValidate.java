package io.dhara.cli;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.InvalidDefinitionException;
import io.dhara.realtime.domain.definition.RegistryFit;
import io.dhara.realtime.source.SelectCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says everything that is wrong with a definition. */
@Command(
        name = "validate",
        description = {
            "Says everything that is wrong with a definition, with file, line and remedy.",
            "Exit code 1 when something is. With --registry also whether the feature groups can hold its values."
        },
        mixinStandardHelpOptions = true)
final class FeaturesValidate implements Callable<Integer> {
    @Mixin private Output output;

    @Parameters(paramLabel = "FILE", description = "The definition.")
    private Path file;

    @Option(
            names = "--registry",
            paramLabel = "DIR",
            description = "Schema folder that its groups must be in.")
    private @Nullable Path registry;

    @Option(
            names = "--shadow",
            paramLabel = "SUFFIX",
            defaultValue = "",
            description =
                    "End of the labels of the groups, when they run side by side with others.")
    private String suffix;

    @Override
    public Integer call() {
        FeaturePlan plan;
        try {
            plan = DefinitionFiles.read(file);
        } catch (InvalidDefinitionException e) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("valid", false);
            document.put("problems", DefinitionFiles.document(e.problems()));
            output.result(document, e.getMessage());
            return 1;
        }
        List<String> unplanned = SelectCheck.problems(file.toString(), plan);
        if (!unplanned.isEmpty()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("valid", false);
            document.put(
                    "problems",
                    unplanned.stream().map(problem -> Map.of("problem", problem)).toList());
            output.result(document, String.join("\n", unplanned));
            return 1;
        }
        List<String> misfits = List.of();
        List<String> warnings = List.of();
        if (registry != null) {
            SchemaSnapshot schemas = Registries.snapshot(registry);
            misfits = RegistryFit.misfits(plan, schemas, suffix);
            warnings = RegistryFit.shortLives(plan, schemas, suffix);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("valid", misfits.isEmpty());
        document.put("name", plan.name());
        document.put("groups", plan.groups().stream().map(GroupPlan::name).toList());
        document.put("misfits", misfits);
        document.put("warnings", warnings);
        output.result(document, text(plan, misfits, warnings));
        return misfits.isEmpty() ? 0 : 1;
    }

    private String text(FeaturePlan plan, List<String> misfits, List<String> warnings) {
        List<String> lines = new ArrayList<>();
        misfits.forEach(misfit -> lines.add(registry + ": " + misfit));
        warnings.forEach(warning -> lines.add(registry + ": warning: " + warning));
        if (misfits.isEmpty()) {
            int features = plan.groups().stream().mapToInt(group -> group.features().size()).sum();
            lines.add(
                    "valid: %s computes %d features in %d groups from %d sources%s"
                            .formatted(
                                    plan.name(),
                                    features,
                                    plan.groups().size(),
                                    plan.sources().size(),
                                    registry == null ? "" : ", and the groups can hold them"));
        }
        return String.join("\n", lines);
    }
}
