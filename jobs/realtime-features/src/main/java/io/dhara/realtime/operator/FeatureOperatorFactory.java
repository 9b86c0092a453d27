package io.dhara.realtime.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.feature.FeatureRow;
import io.dhara.realtime.DefinitionFile;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.OutputTag;

/**
 * Makes the operator of a group's features in a subtask. Its input is keyed by {@link #keyOf}, and
 * every event has a key.
 */
public final class FeatureOperatorFactory extends AbstractStreamOperatorFactory<FeatureRow>
        implements OneInputStreamOperatorFactory<FeatureEvent, FeatureRow> {
    private static final long serialVersionUID = 1L;

    private final DefinitionFile definition;
    private final String group;
    private final FeatureLimits limits;
    private final OutputTag<FeatureEvent> late;

    /**
     * @param group name of a group of the definition, {@link GroupPlan#name()}
     * @param late where events go that come more than the group's lateness after the clock
     */
    public FeatureOperatorFactory(
            DefinitionFile definition,
            String group,
            FeatureLimits limits,
            OutputTag<FeatureEvent> late) {
        this.definition = requireNonNull(definition, "definition is null");
        this.group = requireNonNull(group, "group is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.late = requireNonNull(late, "late is null");
    }

    /** The entity key of a group's event as one text. */
    public static KeySelector<FeatureEvent, String> keyOf(GroupPlan group) {
        return new KeyText(group);
    }

    @Override
    @SuppressWarnings("unchecked") // the interface names no operator type
    public <T extends StreamOperator<FeatureRow>> T createStreamOperator(
            StreamOperatorParameters<FeatureRow> parameters) {
        FeaturePlan plan = definition.plan();
        GroupPlan planned =
                plan.groups().stream()
                        .filter(one -> one.name().equals(group))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "group " + group + " is not in " + plan.name()));
        return (T) new FeatureOperator(parameters, planned, limits, late);
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return FeatureOperator.class;
    }
}
