package io.dhara.realtime.source;

import java.util.List;

/** Sources or selects of a definition that cannot be run, with everything that is wrong. */
public final class InvalidSourceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    InvalidSourceException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each names its source or group and the remedy. */
    public List<String> problems() {
        return problems;
    }
}
