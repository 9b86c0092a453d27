package io.dhara.flink.table;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.jspecify.annotations.Nullable;

/** Runs the statements of a file and waits for the last. Knows Flink only. */
final class SqlScript {
    private static final long PATIENCE_SECONDS = 120;

    private SqlScript() {}

    public static void main(String[] args) throws Exception {
        TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        tables.getConfig().set("parallelism.default", "1");
        tables.getConfig().set("restart-strategy.type", "none");
        run(tables, Files.readString(Path.of(args[0])));
    }

    static void run(TableEnvironment tables, String script) throws Exception {
        @Nullable TableResult last = null;
        for (String statement : script.replaceAll("(?m)--.*$", "").split(";")) {
            if (!statement.isBlank()) {
                last = tables.executeSql(statement);
            }
        }
        if (last == null) {
            throw new IllegalArgumentException("the script has no statement");
        }
        last.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
