package io.dhara.cli;

import io.dhara.cli.DeadLetters.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rejected records of a job: what, why, and back into the input topic. */
@Command(
        name = "dlq",
        description = "Rejected records of a job, their reasons, and their way back.",
        mixinStandardHelpOptions = true,
        subcommands = {
            DlqCommand.ListCommand.class,
            DlqCommand.ShowCommand.class,
            DlqCommand.RequeueCommand.class
        })
final class DlqCommand {

    private static final String JOB =
            "Job whose dead-letter topic is meant, for example feature-ingest.";

    /** Counts and positions. */
    @Command(
            name = "list",
            description = "Rejected records, newest last.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Runnable {
        @Mixin private Output output;
        @Mixin private StackOptions stack;

        @Parameters(index = "0", paramLabel = "JOB", description = JOB)
        private String job;

        @Option(
                names = "--limit",
                defaultValue = "50",
                description = "Most records listed. Default: ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public void run() {
            List<DeadLetter> all = DeadLetters.read(stack.kafka(), job);
            Map<String, Integer> byReason = new TreeMap<>();
            all.forEach(d -> byReason.merge(d.reason(), 1, Integer::sum));
            List<DeadLetter> shown = all.subList(Math.max(0, all.size() - limit), all.size());
            List<List<String>> rows =
                    shown.stream()
                            .map(
                                    d ->
                                            List.of(
                                                    d.position(),
                                                    d.reason(),
                                                    Integer.toString(d.rejected()),
                                                    d.source(),
                                                    d.detail()))
                            .toList();
            output.result(
                    Map.of(
                            "topic",
                            DeadLetters.topic(job),
                            "records",
                            all.size(),
                            "by_reason",
                            byReason,
                            "shown",
                            shown.stream().map(DeadLetter::summary).toList()),
                    all.isEmpty()
                            ? "No rejected records in " + DeadLetters.topic(job) + "."
                            : Output.table("POSITION REASON ROWS SOURCE DETAIL", rows)
                                    + "\n\n"
                                    + all.size()
                                    + " rejected records: "
                                    + byReason);
        }
    }

    /** One record, whole. */
    @Command(
            name = "show",
            description = "One rejected record with its reasons and bytes.",
            mixinStandardHelpOptions = true)
    static final class ShowCommand implements Runnable {
        @Mixin private Output output;
        @Mixin private StackOptions stack;

        @Parameters(index = "0", paramLabel = "JOB", description = JOB)
        private String job;

        @Parameters(
                index = "1",
                paramLabel = "POSITION",
                description = "partition:offset as dlq list shows it.")
        private String position;

        @Override
        public void run() {
            DeadLetter letter =
                    DeadLetters.read(stack.kafka(), job).stream()
                            .filter(d -> d.position().equals(position))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new CommandFailure(
                                                    "no record at "
                                                            + position
                                                            + " of "
                                                            + DeadLetters.topic(job)
                                                            + "; see ./dhara dlq list "
                                                            + job
                                                            + "."));
            Map<String, Object> document = new LinkedHashMap<>(letter.summary());
            Map<String, String> headers = new LinkedHashMap<>();
            letter.headers()
                    .forEach(
                            h ->
                                    headers.put(
                                            h.key(),
                                            new String(h.value(), StandardCharsets.UTF_8)));
            document.put("headers", headers);
            document.put(
                    "key_hex", letter.key() == null ? "" : HexFormat.of().formatHex(letter.key()));
            document.put("value_hex", HexFormat.of().formatHex(letter.value()));
            StringBuilder text = new StringBuilder();
            document.forEach((k, v) -> text.append(k).append(": ").append(v).append('\n'));
            output.result(document, text.toString().stripTrailing());
        }
    }

    /** Back into the input topic, with the event time it had. */
    @Command(
            name = "requeue",
            description = {
                "Puts rejected records back into the topic they came from, with the event time they had.",
                "Rows that were good the first time are written again, which changes nothing."
            },
            mixinStandardHelpOptions = true)
    static final class RequeueCommand implements Runnable {
        @Mixin private Output output;
        @Mixin private StackOptions stack;

        @Parameters(index = "0", paramLabel = "JOB", description = JOB)
        private String job;

        @Option(names = "--reason", description = "Only records with this reason code.")
        private String reason;

        @Option(
                names = "--position",
                description = "Only this record (partition:offset); may be repeated.")
        private List<String> positions = new ArrayList<>();

        @Override
        public void run() {
            List<DeadLetter> chosen =
                    DeadLetters.read(stack.kafka(), job).stream()
                            .filter(d -> reason == null || d.reason().equals(reason))
                            .filter(d -> positions.isEmpty() || positions.contains(d.position()))
                            .toList();
            List<DeadLetter> whole = chosen.stream().filter(d -> d.content().isEmpty()).toList();
            DeadLetters.requeue(stack.kafka(), whole);
            int left = chosen.size() - whole.size();
            output.result(
                    Map.of("requeued", whole.size(), "left", left),
                    "Requeued "
                            + whole.size()
                            + " records of "
                            + DeadLetters.topic(job)
                            + "."
                            + (left == 0
                                    ? ""
                                    : " Left "
                                            + left
                                            + " whose value is not the original message (dhara-dlq-content)."));
        }
    }
}
