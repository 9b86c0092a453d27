package io.dhara.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Feature definitions: check them, see what a change would do, what they cost, what they give. */
@Command(
        name = "features",
        description = {
            "Checks and tries feature definitions: the YAML files from which realtime-features jobs compute",
            "windowed features. docs/formats/feature-definitions.md has every field."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            FeaturesValidate.class,
            FeaturesPlan.class,
            FeaturesExplain.class,
            FeaturesBacktest.class,
            FeaturesSubmit.class
        },
        footer = {
            "",
            "Example: ./dhara features validate examples/features/kitchen.yaml --registry examples/schemas"
        })
final class FeaturesCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Without a subcommand: wrong usage. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a features command is needed");
    }
}
