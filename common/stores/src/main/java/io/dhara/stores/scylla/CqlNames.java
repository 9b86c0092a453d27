package io.dhara.stores.scylla;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names from the registry as they stand in CQL. A plain name means what it means unquoted, as the
 * tables were made (CQL folds it to lower case); any other name is quoted, so nothing of the
 * registry is ever read as CQL.
 */
public final class CqlNames {
    private static final Pattern PLAIN = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*");

    private CqlNames() {}

    /** The identifier that the server knows this name by. */
    public static CqlIdentifier identifier(String name) {
        return CqlIdentifier.fromInternal(
                PLAIN.matcher(name).matches() ? name.toLowerCase(Locale.ROOT) : name);
    }

    public static String name(String name) {
        return identifier(name).asCql(true);
    }

    public static String table(String keyspace, String table) {
        return name(keyspace) + "." + name(table);
    }

    /** {@code a=? AND b=?}, with this between the terms. */
    public static String bound(List<String> columns, String separator) {
        return columns.stream().map(c -> name(c) + "=?").collect(Collectors.joining(separator));
    }
}
