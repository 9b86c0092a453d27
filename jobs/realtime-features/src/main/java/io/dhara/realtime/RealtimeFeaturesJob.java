package io.dhara.realtime;

import io.dhara.core.config.Settings;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.feature.FeatureRow;
import io.dhara.flink.feature.FeatureSink;
import io.dhara.flink.sink.DeadLetterSink;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.PlannedFeature;
import io.dhara.realtime.domain.definition.RegistryFit;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.operator.FeatureOperatorFactory;
import io.dhara.realtime.operator.KeyFilter;
import io.dhara.realtime.source.EventSources;
import io.dhara.realtime.source.FeatureEventSerializer;
import io.dhara.realtime.source.GroupStreams;
import io.dhara.realtime.source.InvalidSourceException;
import io.dhara.realtime.source.SchemaFiles;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The features of one definition: events from Kafka, sliding windows by entity key, rows to the
 * feature topic, from where feature-ingest writes them. Each event counts once. Rows are given
 * at-least-once, each of a key with a later event time than the one before: feature-ingest keeps
 * the newest, so that the store converges after any crash (ADR 0165).
 */
public final class RealtimeFeaturesJob {
    private static final Logger LOG = LoggerFactory.getLogger(RealtimeFeaturesJob.class);

    private static final OutputTag<FeatureEvent> LATE =
            new OutputTag<>("late", FeatureEventSerializer.TYPE);
    private static final OutputTag<FeatureEvent> KEYLESS =
            new OutputTag<>("keyless", FeatureEventSerializer.TYPE);

    private RealtimeFeaturesJob() {}

    /**
     * The whole pipeline.
     *
     * @throws InvalidSourceException with everything that is wrong with sources and selects
     */
    public static void build(StreamExecutionEnvironment env, RealtimeFeaturesConfig config)
            throws InvalidSourceException {
        FeaturePlan plan = config.definition().plan();
        String file = config.definition().name();
        GroupStreams streams =
                GroupStreams.of(
                        env,
                        file,
                        plan,
                        new EventSources(
                                        config.kafka(),
                                        config.topics().startingOffsets(),
                                        config.maxRecordBytes(),
                                        config.files(),
                                        SchemaFiles.read(
                                                file, plan, Path.of(config.definition().folder())))
                                .of(plan));
        for (GroupPlan group : plan.groups()) {
            features(config, group, streams.groups().get(group.name()));
            DataStream<FeatureEvent> untimely = streams.untimely().get(group.name());
            if (untimely != null) {
                late(config, group, untimely, "untimely", LateEvents::untimely);
            }
        }
        streams.rejected()
                .sinkTo(
                        DeadLetterSink.of(
                                config.kafka(),
                                config.topics().deadLetters(),
                                config.topics().deadLetterMaxBytes()))
                .name("rejected")
                .uid("sink-rejected");
    }

    /** One group. Its name, without a suffix, is part of the uids. */
    private static void features(
            RealtimeFeaturesConfig config, GroupPlan group, DataStream<FeatureEvent> events) {
        String name = group.entity() + "-" + group.group();
        SingleOutputStreamOperator<FeatureEvent> keyed =
                events.process(new KeyFilter(group, KEYLESS), FeatureEventSerializer.TYPE)
                        .name("keyed-" + name)
                        .uid("keyed-" + name);
        SingleOutputStreamOperator<FeatureRow> rows =
                keyed.keyBy(FeatureOperatorFactory.keyOf(group), Types.STRING)
                        .transform(
                                "features-" + name,
                                FeatureRow.TYPE,
                                new FeatureOperatorFactory(
                                        config.definition(), group.name(), config.limits(), LATE))
                        .uid("features-" + name);
        rows.sinkTo(sink(config, group)).name("rows-" + name).uid("sink-rows-" + name);
        late(config, group, rows.getSideOutput(LATE), "late", event -> LateEvents.Reason.LATE);
        late(
                config,
                group,
                keyed.getSideOutput(KEYLESS),
                "keyless",
                event -> LateEvents.Reason.NO_KEY);
    }

    /** Events that count nowhere, to the late topic. */
    private static void late(
            RealtimeFeaturesConfig config,
            GroupPlan group,
            DataStream<FeatureEvent> events,
            String what,
            LateEvents.Why why) {
        String name = what + "-" + group.entity() + "-" + group.group();
        events.sinkTo(
                        new LateEvents(
                                        config.kafka(),
                                        config.topics().late(),
                                        config.topics().deadLetterMaxBytes(),
                                        group,
                                        why)
                                .sink())
                .name(name)
                .uid("sink-" + name);
    }

    private static FeatureSink sink(RealtimeFeaturesConfig config, GroupPlan group) {
        return FeatureSink.builder()
                .setKafka(config.kafka())
                .setTopic(config.topics().features())
                .setDeadLetterTopic(config.topics().deadLetters())
                .setRegistry(config.registry())
                .setFeatures(
                        group.entity(),
                        config.groupLabel(group),
                        group.features().stream().map(PlannedFeature::name).toList())
                .setFillVectors(true)
                .build();
    }

    /**
     * Builds the pipeline and submits it without waiting.
     *
     * @throws IllegalArgumentException if the registry cannot hold what is computed, with the
     *     remedies
     */
    public static JobClient submit(StreamExecutionEnvironment env, RealtimeFeaturesConfig config)
            throws Exception {
        requireFits(config);
        build(env, config);
        return env.executeAsync(config.jobName());
    }

    private static void requireFits(RealtimeFeaturesConfig config) {
        FeaturePlan plan = config.definition().plan();
        try (SchemaRegistry registry = config.registry().open()) {
            SchemaSnapshot schemas = registry.current();
            List<String> misfits = RegistryFit.misfits(plan, schemas, config.shadowSuffix());
            if (!misfits.isEmpty()) {
                throw new IllegalArgumentException(
                        "definition "
                                + config.definition().name()
                                + " does not fit the registry:\n"
                                + String.join("\n", misfits));
            }
            RegistryFit.shortLives(plan, schemas, config.shadowSuffix()).forEach(LOG::warn);
        }
    }

    /**
     * {@code --config FILE} and any number of {@code key=value}, which win over the file. Runs on
     * the cluster it was submitted to.
     */
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofCommandLine(args);
        RealtimeFeaturesConfig config = RealtimeFeaturesConfig.from(settings);
        settings.finish();
        LOG.info("settings: {}", settings.effective());
        submit(StreamExecutionEnvironment.getExecutionEnvironment(), config);
    }
}
