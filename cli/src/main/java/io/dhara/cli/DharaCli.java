package io.dhara.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;

/**
 * Entry point of {@code ./dhara}. Exit codes: 0 ok, 1 the thing asked for failed, 2 wrong usage.
 */
@Command(
        name = "dhara",
        description =
                "Online ML feature platform: Flink jobs do all writes, a thin gRPC tier does all reads.",
        mixinStandardHelpOptions = true,
        version = "dhara 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            PutCommand.class,
            GetCommand.class,
            MatrixCommand.class,
            InteractCommand.class,
            InteractionsCommand.class,
            TablesCommand.class,
            RegistryCommand.class,
            FeaturesCommand.class,
            BlockCommand.class,
            DlqCommand.class,
            DoctorCommand.class,
            BenchCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Results go to standard output (-o json for one JSON document), progress to standard error.",
            "Exit codes: 0 ok, 1 the thing asked for failed, 2 wrong usage."
        })
public final class DharaCli implements Runnable {
    private static final int HELP_WIDTH = 120;

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    /** Without a command: what there is, and exit code 2. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed");
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new DharaCli());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpWidth(HELP_WIDTH);
        commandLine.setColorScheme(
                CommandLine.Help.defaultColorScheme(
                        System.console() == null ? Ansi.OFF : Ansi.AUTO));
        commandLine.setExecutionExceptionHandler(
                (failure, command, parsed) -> report(failure, command));
        return commandLine;
    }

    private static int report(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof CommandLine.ParameterException) {
            throw failure;
        }
        PrintWriter err = command.getErr();
        if (failure instanceof CommandFailure) {
            err.println("dhara: " + failure.getMessage());
        } else {
            err.println(
                    "dhara: this is a bug in "
                            + command.getCommandSpec().qualifiedName()
                            + ", please report it:");
            failure.printStackTrace(err);
        }
        err.flush();
        return ExitCode.SOFTWARE;
    }
}
