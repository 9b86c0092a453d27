package io.dhara.core.registry;

/**
 * One difference between two snapshots and whether it may be applied to a running platform.
 *
 * @param subject what changes: {@code group user/activity}, {@code store 2}
 * @param text how it changes
 * @param verdict whether apply takes it
 * @param reason why it is refused, or what to know about a safe one; may be empty
 * @param remedy what to do instead of a refused change; else empty
 * @param breaksStoredBlocks whether blocks stored already would be read wrongly or not at all; such
 *     a change is not taken even when it comes from outside
 */
public record SchemaChange(
        String subject,
        String text,
        Verdict verdict,
        String reason,
        String remedy,
        boolean breaksStoredBlocks) {

    /** What a plan says of a change. */
    public enum Verdict {
        SAFE,
        REFUSED
    }

    static SchemaChange safe(String subject, String text) {
        return safe(subject, text, "");
    }

    static SchemaChange safe(String subject, String text, String note) {
        return new SchemaChange(subject, text, Verdict.SAFE, note, "", false);
    }

    static SchemaChange refused(String subject, String text, String reason, String remedy) {
        return new SchemaChange(subject, text, Verdict.REFUSED, reason, remedy, false);
    }

    static SchemaChange breaking(String subject, String text, String reason, String remedy) {
        return new SchemaChange(subject, text, Verdict.REFUSED, reason, remedy, true);
    }

    /** The same, taken because the user asked for it by name. */
    SchemaChange allowed() {
        return new SchemaChange(subject, text, Verdict.SAFE, "allowed: " + reason, "", false);
    }

    @Override
    public String toString() {
        String line = verdict + " " + subject + ": " + text;
        line += reason.isEmpty() ? "" : "; " + reason;
        return remedy.isEmpty() ? line : line + "; instead: " + remedy;
    }
}
