package io.dhara.realtime.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Puts events aside that lack a part of their group's key: no entity has them. */
public final class KeyFilter extends ProcessFunction<FeatureEvent, FeatureEvent> {
    private static final long serialVersionUID = 1L;

    private final KeyText key;
    private final OutputTag<FeatureEvent> keyless;
    private transient Counter counter;

    /**
     * @param keyless where they go
     */
    @SuppressWarnings("NullAway.Init") // open sets the rest
    public KeyFilter(GroupPlan group, OutputTag<FeatureEvent> keyless) {
        this.key = new KeyText(group);
        this.keyless = requireNonNull(keyless, "keyless is null");
    }

    @Override
    public void open(OpenContext context) {
        counter = getRuntimeContext().getMetricGroup().addGroup("dhara").counter("keylessEvents");
    }

    @Override
    public void processElement(FeatureEvent event, Context context, Collector<FeatureEvent> out) {
        if (key.isIn(event)) {
            out.collect(event);
        } else {
            counter.inc();
            context.output(keyless, event);
        }
    }
}
