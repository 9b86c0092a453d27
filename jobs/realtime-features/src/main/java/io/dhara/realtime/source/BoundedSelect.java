package io.dhara.realtime.source;

import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.event.EventRow;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Runs the select of a group over events that are all there, on a Flink cluster of its own. */
public final class BoundedSelect {
    private BoundedSelect() {}

    /**
     * The events that the group's select gives. They go through Flink by event time, so none is
     * late for a join. All of them are held in memory.
     *
     * @param file name of the definition, for the errors
     * @param events by source, with all its fields; a source that is not there has none
     * @throws InvalidSourceException with everything that is wrong with the select
     * @throws Exception if the job fails
     */
    public static List<FeatureEvent> run(
            String file,
            FeaturePlan plan,
            GroupPlan group,
            Map<String, ? extends List<FeatureEvent>> events)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        Map<String, DataStream<FeatureEvent>> streams = new LinkedHashMap<>();
        for (SourceSpec source : plan.sources()) {
            List<FeatureEvent> sorted =
                    new ArrayList<>(
                            events.containsKey(source.name())
                                    ? events.get(source.name())
                                    : List.of());
            sorted.sort(Comparator.comparingLong(EventRow::eventTimeMillis));
            streams.put(
                    source.name(),
                    env.fromData(sorted, FeatureEventSerializer.TYPE)
                            .assignTimestampsAndWatermarks(
                                    WatermarkStrategy.<FeatureEvent>forMonotonousTimestamps()
                                            .withTimestampAssigner(
                                                    (event, none) -> event.eventTimeMillis())));
        }
        FeaturePlan alone = new FeaturePlan(plan.name(), plan.sources(), List.of(group));
        List<FeatureEvent> selected = new ArrayList<>();
        try (CloseableIterator<FeatureEvent> results =
                GroupStreams.ofEvents(env, file, alone, streams)
                        .groups()
                        .get(group.name())
                        .executeAndCollect()) {
            results.forEachRemaining(selected::add);
        }
        return selected;
    }
}
