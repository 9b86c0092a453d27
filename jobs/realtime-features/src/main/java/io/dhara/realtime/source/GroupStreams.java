package io.dhara.realtime.source;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The events of each group of a definition, with event time and watermarks.
 *
 * @param groups by {@link GroupPlan#name()}, in the order of the definition; values in the order of
 *     {@link GroupPlan#columns()}
 * @param untimely by the names of the groups with a select, rows whose computed time cannot be:
 *     none since 1970 (then {@link io.dhara.flink.source.PartitionWatermarks#NO_TIME}), or too far
 *     ahead
 * @param rejected records of all sources that are no events
 */
public record GroupStreams(
        Map<String, DataStream<FeatureEvent>> groups,
        Map<String, DataStream<FeatureEvent>> untimely,
        DataStream<RejectedRecord> rejected) {

    public GroupStreams {
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        untimely = Map.copyOf(untimely);
    }

    /**
     * Reads the sources and gives each group its columns.
     *
     * @param file name of the definition, for the errors
     * @param sources of all names of the plan's sources
     * @throws InvalidSourceException with everything that is wrong with the groups' selects
     */
    public static GroupStreams of(
            StreamExecutionEnvironment env,
            String file,
            FeaturePlan plan,
            Map<String, Source<ReadEvent, ?, ?>> sources)
            throws InvalidSourceException {
        Map<String, DataStream<FeatureEvent>> events = new LinkedHashMap<>();
        List<DataStream<RejectedRecord>> rejected = new ArrayList<>();
        for (SourceSpec source : plan.sources()) {
            SingleOutputStreamOperator<FeatureEvent> read =
                    read(env, source, sources.get(source.name()));
            events.put(source.name(), read);
            rejected.add(read.getSideOutput(ReadFunction.REJECTED));
        }
        Selected selected = ofEvents(env, file, plan, events);
        return new GroupStreams(selected.groups(), selected.untimely(), union(rejected));
    }

    /** The events of groups, as in {@link GroupStreams}. */
    record Selected(
            Map<String, DataStream<FeatureEvent>> groups,
            Map<String, DataStream<FeatureEvent>> untimely) {}

    /** The events of each group, from those of each source. */
    static Selected ofEvents(
            StreamExecutionEnvironment env,
            String file,
            FeaturePlan plan,
            Map<String, DataStream<FeatureEvent>> events)
            throws InvalidSourceException {
        List<String> problems = new ArrayList<>();
        Map<String, DataStream<FeatureEvent>> groups = new LinkedHashMap<>();
        Map<String, DataStream<FeatureEvent>> untimely = new LinkedHashMap<>();
        SelectTables tables = null;
        for (GroupPlan group : plan.groups()) {
            if (group.select().isEmpty()) {
                // The columns of a group without a select are its source's fields.
                groups.put(group.name(), events.get(group.source()));
                continue;
            }
            try {
                tables = tables == null ? tables(env, plan, events) : tables;
                SingleOutputStreamOperator<FeatureEvent> selected = tables.select(group);
                groups.put(group.name(), selected);
                untimely.put(group.name(), selected.getSideOutput(RowToEvent.UNTIMELY));
            } catch (InvalidSourceException e) {
                e.problems().stream()
                        .map(problem -> file + ": group " + group.name() + ": " + problem)
                        .forEach(problems::add);
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidSourceException(problems);
        }
        return new Selected(groups, untimely);
    }

    private static SelectTables tables(
            StreamExecutionEnvironment env,
            FeaturePlan plan,
            Map<String, DataStream<FeatureEvent>> events)
            throws InvalidSourceException {
        SelectTables tables = new SelectTables(env);
        for (SourceSpec source : plan.sources()) {
            if (source.fields().containsKey(SelectTables.EVENT_TIME)
                    && !source.eventTime().equals(SelectTables.EVENT_TIME)) {
                throw new InvalidSourceException(
                        List.of(
                                "field event_time of source "
                                        + source.name()
                                        + " is not its event-time, whose column in SQL has that"
                                        + " name: leave it out of fields, or make it the"
                                        + " event-time"));
            }
            tables.add(source, events.get(source.name()));
        }
        return tables;
    }

    /** One source's events, its rejected records at the side. */
    private static SingleOutputStreamOperator<FeatureEvent> read(
            StreamExecutionEnvironment env, SourceSpec spec, Source<ReadEvent, ?, ?> source) {
        return env.fromSource(
                        source, EventWatermarks.of(spec), "source-" + spec.name(), ReadEvent.TYPE)
                .uid("source-" + spec.name())
                .process(new ReadFunction(), FeatureEventSerializer.TYPE)
                .name("read-" + spec.name())
                .uid("read-" + spec.name());
    }

    private static <T> DataStream<T> union(List<DataStream<T>> streams) {
        DataStream<T> all = streams.get(0);
        for (DataStream<T> next : streams.subList(1, streams.size())) {
            all = all.union(next);
        }
        return all;
    }
}
