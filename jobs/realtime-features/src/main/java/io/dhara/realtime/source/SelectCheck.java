package io.dhara.realtime.source;

import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Plans the selects of a definition as a job would, without a job, a topic or a schema file. */
public final class SelectCheck {
    private SelectCheck() {}

    /**
     * What is wrong with the selects, each with the file, its group and the remedy; empty if
     * nothing. Takes a second or two if there is a select.
     *
     * @param file name of the definition, for the errors
     */
    public static List<String> problems(String file, FeaturePlan plan) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        Map<String, DataStream<FeatureEvent>> events = new LinkedHashMap<>();
        for (SourceSpec source : plan.sources()) {
            events.put(source.name(), env.fromData(List.of(), FeatureEventSerializer.TYPE));
        }
        try {
            GroupStreams.ofEvents(env, file, plan, events);
            return List.of();
        } catch (InvalidSourceException e) {
            return e.problems();
        }
    }
}
