package io.dhara.core.config;

import java.util.List;

/** Every error found in one set of settings. The message lists them all, one a line. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigException(String source, List<String> problems) {
        super(source + ": " + String.join("\n" + source + ": ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence per error, in the order found. */
    public List<String> problems() {
        return problems;
    }
}
