package io.dhara.sessionizer;

import io.dhara.core.config.Settings;
import io.dhara.flink.sink.RetryPolicy;
import io.dhara.sessionizer.operator.SessionizeConfig;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.sessionizer.tier.TierLimits;
import java.time.Duration;
import java.util.function.Supplier;

/** Reads the settings of the sessionize operator. Ranges are the config records' own. */
final class SessionizeSettings {
    private static final String PREFIX = "interactions.";

    private final Settings settings;

    private SessionizeSettings(Settings settings) {
        this.settings = settings;
    }

    /** What is wrong is reported by {@link Settings#finish()}; a default takes its place. */
    static SessionizeConfig from(Settings settings) {
        return new SessionizeSettings(settings).read();
    }

    private SessionizeConfig read() {
        SessionizeConfig byDefault = SessionizeConfig.DEFAULT;
        SessionRules rules = orDefault("interactions.session-gap", byDefault.rules(), this::rules);
        TierLimits tiers = orDefault("interactions.tiers", byDefault.tiers(), this::tiers);
        return orDefault(
                "interactions.flush-interval",
                byDefault,
                () ->
                        new SessionizeConfig(
                                rules,
                                duration("flush-interval", byDefault.flushInterval()),
                                atLeastOne("flush-max-events", byDefault.flushMaxEvents()),
                                settings.size(
                                        PREFIX + "flush-max-bytes", byDefault.flushMaxBytes()),
                                duration("clock-tick", byDefault.tick()),
                                tiers));
    }

    private SessionRules rules() {
        SessionRules byDefault = SessionRules.DEFAULT;
        return new SessionRules(
                duration("session-gap", byDefault.gap()),
                duration("session-cap", byDefault.cap()),
                atLeastOne("session-max-events", byDefault.maxEvents()));
    }

    private TierLimits tiers() {
        TierLimits byDefault = TierLimits.DEFAULT;
        return new TierLimits(
                atLeastOne("tiers.add-batch-users", byDefault.addBatchUsers()),
                atLeastOne("tiers.add-batches", byDefault.addBatches()),
                atLeastOne("tiers.held-events", byDefault.heldEvents()),
                atLeastOne("tiers.loads", byDefault.loads()),
                atLeastOne("tiers.flushes", byDefault.flushes()),
                atLeastOne("tiers.held-flushes", byDefault.heldFlushes()),
                duration("tiers.request-timeout", byDefault.requestTimeout()),
                duration("tiers.watch-interval", byDefault.watchInterval()),
                new RetryPolicy(
                        duration("tiers.retry-initial", byDefault.retry().initial()),
                        duration("tiers.retry-max", byDefault.retry().max())));
    }

    private Duration duration(String key, Duration byDefault) {
        return settings.positiveDuration(PREFIX + key, byDefault);
    }

    private int atLeastOne(String key, int byDefault) {
        return settings.integer(PREFIX + key, byDefault, 1, Integer.MAX_VALUE);
    }

    private <T> T orDefault(String key, T byDefault, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            settings.reject(key, "is not consistent: " + e.getMessage());
            return byDefault;
        }
    }
}
