package io.dhara.sessionizer.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.sessionizer.event.UserEvent;
import io.dhara.sessionizer.tier.TierFactory;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.legacy.YieldingOperatorFactory;

/** Makes the sessionizing operator of a subtask. Its input is keyed by {@link UserEvent#userId}. */
@SuppressWarnings("deprecation") // the only way to a mailbox
public final class SessionizeOperatorFactory extends AbstractStreamOperatorFactory<Void>
        implements OneInputStreamOperatorFactory<UserEvent, Void>, YieldingOperatorFactory<Void> {
    private static final long serialVersionUID = 1L;

    private final SessionizeConfig config;
    private final TierFactory tiers;

    public SessionizeOperatorFactory(SessionizeConfig config, TierFactory tiers) {
        this.config = requireNonNull(config, "config is null");
        this.tiers = requireNonNull(tiers, "tiers is null");
    }

    @Override
    @SuppressWarnings("unchecked") // the interface names no operator type
    public <T extends StreamOperator<Void>> T createStreamOperator(
            StreamOperatorParameters<Void> parameters) {
        return (T) new SessionizeOperator(parameters, getMailboxExecutor(), config, tiers);
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return SessionizeOperator.class;
    }
}
