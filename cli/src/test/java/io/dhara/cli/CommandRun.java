package io.dhara.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What a run of {@code ./dhara} left behind.
 *
 * @param out standard output
 * @param err standard error
 */
record CommandRun(int exitCode, String out, String err) {

    /** Runs the command line in this JVM, as {@link DharaCli#main} does. */
    static CommandRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                DharaCli.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(args);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
