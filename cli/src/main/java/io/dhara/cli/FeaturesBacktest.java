package io.dhara.cli;

import io.dhara.cli.BacktestText.Group;
import io.dhara.flink.source.RawRecord;
import io.dhara.localstack.demo.RecordInput;
import io.dhara.realtime.RealtimeFeaturesConfig;
import io.dhara.realtime.backtest.Backtest;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.source.BoundedSelect;
import io.dhara.realtime.source.EventReader;
import io.dhara.realtime.source.InvalidSourceException;
import io.dhara.realtime.source.ReadEvent;
import io.dhara.realtime.source.SchemaFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a definition would have served at instants of the past. */
@Command(
        name = "backtest",
        description = {
            "Shows what a definition would have served at instants of the past.",
            "Each answer is made of the events of a file up to its instant and of no later one, by the code of the job.",
            "Events are taken by event time: none is late. A key is answered from its first event on."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: ./dhara features backtest examples/features/kitchen.yaml --input orders.csv.gz --format doordash-csv",
            "           --at 2015-02-07T03:00:00Z --key 1845"
        })
final class FeaturesBacktest implements Callable<Integer> {
    private static final int REJECTED_EXAMPLES = 5;

    /** How the answers are printed. */
    enum Form {
        table,
        csv,
        json
    }

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The definition.")
    private Path file;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "EVENTS",
            description = {
                "File of events, plain or gzip; SOURCE=EVENTS, and several times, for a definition of several",
                "sources."
            })
    private List<String> inputs = List.of();

    @Option(
            names = "--format",
            defaultValue = "jsonl",
            paramLabel = "FORMAT",
            description = {
                "Of the events: jsonl (each line a record of the source), taobao-csv (clicks for shop.yaml) or",
                "doordash-csv (orders for kitchen.yaml). Default: ${DEFAULT-VALUE}."
            })
    private String format;

    @Option(
            names = "--at",
            required = true,
            split = ",",
            paramLabel = "TIME",
            converter = Instants.class,
            description = "Instants to answer at: ISO-8601 or epoch milliseconds.")
    private List<Instant> instants = List.of();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = {
                "Only this key, at every instant; may be repeated. The parts of a composite key separated by",
                "commas. Needs --group if the groups have different keys."
            })
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "Only this group, as entity/group. Needed for csv if there are several.")
    private @Nullable String group;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description =
                    "Form of the result: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Form form;

    private long records;
    private long rejected;

    @Override
    public Integer call() throws Exception {
        FeaturePlan plan = DefinitionFiles.plan(file);
        List<GroupPlan> chosen = chosen(plan);
        if (form == Form.csv && chosen.size() > 1) {
            throw usage("csv holds one group: give --group, one of " + names(chosen));
        }
        List<Backtest> tests = chosen.stream().map(this::backtest).toList();
        Map<String, RecordInput> files = files(plan);
        Map<String, byte[]> schemas = schemas(plan);
        Map<String, List<FeatureEvent>> held = new HashMap<>();
        boolean selects = chosen.stream().anyMatch(one -> !one.select().isEmpty());
        for (SourceSpec source : plan.sources()) {
            List<EventTaker> takers = new ArrayList<>();
            for (int i = 0; i < tests.size(); i++) {
                if (chosen.get(i).source().equals(source.name())) {
                    takers.add(tests.get(i)::add);
                }
            }
            if (selects) {
                List<FeatureEvent> events = new ArrayList<>();
                held.put(source.name(), events);
                takers.add(events::add);
            }
            if (!takers.isEmpty()) {
                read(source, schemas, files, takers);
            }
        }
        List<Group> answers = new ArrayList<>();
        for (int i = 0; i < tests.size(); i++) {
            if (!chosen.get(i).select().isEmpty()) {
                select(plan, chosen.get(i), held).forEach(tests.get(i)::add);
            }
            Group answered = new Group(chosen.get(i), new ArrayList<>());
            tests.get(i).run(answered.answers()::add);
            answers.add(answered);
            if (tests.get(i).withoutKey() > 0) {
                say(tests.get(i).withoutKey() + " events have no key of " + answered.name());
            }
        }
        print(answers);
        return 0;
    }

    /** Takes the events of a source. */
    private interface EventTaker {
        boolean take(FeatureEvent event);
    }

    private List<FeatureEvent> select(
            FeaturePlan plan, GroupPlan one, Map<String, List<FeatureEvent>> held)
            throws Exception {
        say("running the select of " + one.name() + " on a Flink cluster in this process");
        try {
            return BoundedSelect.run(file.toString(), plan, one, held);
        } catch (InvalidSourceException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    /** The groups to answer for. */
    private List<GroupPlan> chosen(FeaturePlan plan) {
        List<GroupPlan> chosen =
                plan.groups().stream()
                        .filter(one -> group == null || one.name().equals(group))
                        .toList();
        if (chosen.isEmpty()) {
            throw usage("--group must be one of " + names(plan.groups()) + ": got " + group);
        }
        return chosen;
    }

    private static String names(List<GroupPlan> groups) {
        return String.join(", ", groups.stream().map(GroupPlan::name).toList());
    }

    private Map<String, RecordInput> files(FeaturePlan plan) {
        Map<String, RecordInput> files = new LinkedHashMap<>();
        for (String input : inputs) {
            int mark = input.indexOf('=');
            String name = mark < 0 ? plan.sources().get(0).name() : input.substring(0, mark);
            if (mark < 0 && plan.sources().size() > 1) {
                throw usage(
                        "the definition has several sources, so --input must be SOURCE=EVENTS: got "
                                + input);
            }
            if (plan.sources().stream().noneMatch(source -> source.name().equals(name))) {
                throw usage("--input names no source of the definition: " + input);
            }
            Path events = Path.of(input.substring(mark + 1));
            if (!Files.isReadable(events)) {
                throw usage("--input cannot be read: " + events);
            }
            files.put(name, new RecordInput(events, format()));
        }
        return files;
    }

    private RecordInput.Format format() {
        return switch (format) {
            case "jsonl" -> RecordInput.Format.JSONL;
            case "taobao-csv" -> RecordInput.Format.TAOBAO_CSV;
            case "doordash-csv" -> RecordInput.Format.DOORDASH_CSV;
            default ->
                    throw usage(
                            "--format must be jsonl, taobao-csv or doordash-csv: got " + format);
        };
    }

    private Map<String, byte[]> schemas(FeaturePlan plan) {
        for (SourceSpec source : plan.sources()) {
            if (source.format() != SourceSpec.Format.JSON) {
                throw new CommandFailure(
                        "source "
                                + source.name()
                                + " is not of JSON: a backtest reads files of JSON lines");
            }
            if (source.eventTime().isEmpty()) {
                throw new CommandFailure(
                        "source "
                                + source.name()
                                + " has no event-time: a backtest needs the field, for files lack the"
                                + " timestamps of Kafka");
            }
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            return SchemaFiles.read(file.toString(), plan, folder == null ? Path.of("") : folder);
        } catch (InvalidSourceException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private Backtest backtest(GroupPlan one) {
        try {
            return new Backtest(
                    one,
                    instants.stream().map(Instant::toEpochMilli).toList(),
                    keys.stream().map(key -> Arrays.asList(key.split(",", -1))).toList());
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private void read(
            SourceSpec source,
            Map<String, byte[]> schemas,
            Map<String, RecordInput> files,
            List<EventTaker> takers)
            throws Exception {
        RecordInput input = files.get(source.name());
        if (input == null) {
            throw usage("--input " + source.name() + "=EVENTS is missing");
        }
        EventReader reader =
                new EventReader(
                        source,
                        schemas.getOrDefault(source.name(), new byte[0]),
                        RealtimeFeaturesConfig.DEFAULT_MAX_RECORD_BYTES,
                        System::currentTimeMillis);
        try {
            input.forEach(
                    entry -> {
                        records++;
                        if (entry.value() == null) {
                            reject(entry.line(), String.valueOf(entry.problem()));
                            return;
                        }
                        ReadEvent event =
                                reader.read(
                                        new RawRecord(
                                                source.topic(),
                                                0,
                                                entry.line(),
                                                ConsumerRecord.NO_TIMESTAMP,
                                                null,
                                                entry.value(),
                                                List.of()));
                        if (event.event() == null) {
                            reject(entry.line(), reason(event));
                        } else {
                            takers.forEach(taker -> taker.take(event.event()));
                        }
                    });
        } catch (IOException e) {
            throw new CommandFailure("cannot read the events: " + e, e);
        }
    }

    private static String reason(ReadEvent event) {
        return event.rejected() == null
                ? ""
                : event.rejected().rejections().get(0).reason()
                        + ", "
                        + event.rejected().rejections().get(0).detail();
    }

    private void reject(long line, String problem) {
        rejected++;
        if (rejected <= REJECTED_EXAMPLES) {
            say("line " + line + " is no event: " + problem);
        }
    }

    private void print(List<Group> answers) {
        say(records + " records read, " + rejected + " of them no events");
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                switch (form) {
                    case table -> BacktestText.table(answers);
                    case csv -> BacktestText.csv(answers.get(0));
                    case json -> Output.toJson(BacktestText.document(answers, records, rejected));
                });
        out.flush();
    }

    private void say(String line) {
        spec.commandLine().getErr().println("dhara: " + line);
        spec.commandLine().getErr().flush();
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }
}
