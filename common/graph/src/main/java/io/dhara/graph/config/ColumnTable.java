package io.dhara.graph.config;

import io.dhara.core.model.DataType;
import io.dhara.graph.PlanColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The columns of one matrix while it is laid out: names are taken once. Not thread-safe. */
final class ColumnTable {
    /** The producer of inputs. */
    static final String CALLER = "the caller";

    /** Most elements of a vector, as in the schemas. */
    static final int MAX_VECTOR = 65_535;

    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}]{1,200}");

    private final List<PlanColumn> columns = new ArrayList<>();
    private final Map<String, PlanColumn> byName = new HashMap<>();
    private final Map<String, String> producers = new HashMap<>();
    private final Set<String> broken = new HashSet<>();
    private final Findings findings;

    ColumnTable(Findings findings) {
        this.findings = findings;
    }

    /** Whether a column of the type can have so many elements; scalars have none. */
    static boolean isLength(DataType type, int elements) {
        return type.isVector() ? elements > 0 && elements <= MAX_VECTOR : elements == 0;
    }

    /**
     * Takes the name for its producer. A name taken already, or none, is a problem.
     *
     * @param part who says so, for the problem
     * @return the index; of the column that has the name when it is taken, -1 when it is no name
     */
    int add(
            String part,
            String producer,
            String name,
            DataType type,
            int vectorLength,
            PlanColumn.Kind kind,
            byte @Nullable [] fallback) {
        if (!NAME.matcher(name).matches()) {
            findings.problem(
                    part,
                    "has a column named \""
                            + name
                            + "\": a name has 1 to 200 characters without spaces");
            return -1;
        }
        PlanColumn taken = byName.get(name);
        if (taken != null) {
            findings.problem(
                    part,
                    "fills column "
                            + name
                            + ", which "
                            + producers.get(name)
                            + " fills already: give one of them another name or prefix");
            return taken.index();
        }
        PlanColumn column =
                new PlanColumn(columns.size(), name, type, vectorLength, kind, new byte[0]);
        column =
                new PlanColumn(
                        column.index(),
                        name,
                        type,
                        vectorLength,
                        kind,
                        fallback == null ? emptyValue(column) : fallback);
        columns.add(column);
        byName.put(name, column);
        producers.put(name, producer);
        return column.index();
    }

    @Nullable PlanColumn get(String name) {
        return byName.get(name);
    }

    /** Notes a name whose column is refused already, so that its readers are not blamed. */
    void broken(String name) {
        broken.add(name);
    }

    /**
     * Tells of a column that is not there, unless it was refused already.
     *
     * @param does such as {@code reads}
     */
    void reportUnknown(String part, String does, String name) {
        if (!broken.contains(name)) {
            findings.problem(
                    part,
                    does
                            + " column "
                            + name
                            + ", which no component fills and no input is: "
                            + (name.contains(":")
                                    ? "add the feature to a component"
                                    : "declare it as an input or let a component fill it"));
        }
    }

    PlanColumn at(int index) {
        return columns.get(index);
    }

    /** The component that fills the column, or {@link #CALLER}. */
    String producer(PlanColumn column) {
        return producers.getOrDefault(column.name(), CALLER);
    }

    List<PlanColumn> columns() {
        return columns;
    }

    /** Zeros; for a vector of strings, each string's length of zero. */
    private static byte[] emptyValue(PlanColumn column) {
        return column.type() == DataType.STRING_VECTOR
                ? new byte[2 * column.vectorLength()]
                : new byte[column.width()];
    }
}
