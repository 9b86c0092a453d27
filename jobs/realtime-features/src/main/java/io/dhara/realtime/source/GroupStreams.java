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
 * @param rejected records of all sources that are no events
 */
public record GroupStreams(
        Map<String, DataStream<FeatureEvent>> groups, DataStream<RejectedRecord> rejected) {

    public GroupStreams {
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    }

    /**
     * Reads the sources and gives each group its columns.
     *
     * @param sources of all names of the plan's sources
     */
    public static GroupStreams of(
            StreamExecutionEnvironment env,
            FeaturePlan plan,
            Map<String, Source<ReadEvent, ?, ?>> sources) {
        Map<String, DataStream<FeatureEvent>> read = new LinkedHashMap<>();
        List<DataStream<RejectedRecord>> rejected = new ArrayList<>();
        for (SourceSpec source : plan.sources()) {
            SingleOutputStreamOperator<FeatureEvent> events =
                    read(env, source, sources.get(source.name()));
            read.put(source.name(), events);
            rejected.add(events.getSideOutput(ReadFunction.REJECTED));
        }
        Map<String, DataStream<FeatureEvent>> groups = new LinkedHashMap<>();
        for (GroupPlan group : plan.groups()) {
            // The columns of a group without a select are its source's fields.
            groups.put(group.name(), read.get(group.source()));
        }
        return new GroupStreams(groups, union(rejected));
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
