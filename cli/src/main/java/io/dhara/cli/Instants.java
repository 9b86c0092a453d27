package io.dhara.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import picocli.CommandLine;

/** Reads an instant as people and as machines write it: ISO-8601 or epoch milliseconds. */
final class Instants implements CommandLine.ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
        try {
            return text.matches("[0-9]+")
                    ? Instant.ofEpochMilli(Long.parseLong(text))
                    : Instant.parse(text);
        } catch (DateTimeParseException | NumberFormatException e) {
            throw new CommandLine.TypeConversionException(
                    "an instant looks like 2026-01-31T09:30:00Z or 1769851800000: got " + text);
        }
    }
}
