package io.dhara.realtime.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.flink.config.KafkaSettings;
import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.FeaturePlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.base.source.hybrid.HybridSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventSourcesTest {
    private static final Instant SEAM = Instant.parse("2026-01-31T00:00:00Z");

    @Test
    void of_everySource_travels() throws Exception {
        var sources =
                sources(Map.of("orders", new FileEvents(List.of("a.jsonl"), SEAM))).of(plan());

        assertThat(sources.keySet()).containsExactly("orders", "clicks");
        assertThat(sources.get("orders")).isInstanceOf(HybridSource.class);
        assertThat(sources.get("clicks")).isInstanceOf(KafkaSource.class);
        assertThat(InstantiationUtil.clone(sources.get("orders"))).isNotNull();
        assertThat(InstantiationUtil.clone(sources.get("clicks"))).isNotNull();
    }

    @Test
    void files_withoutEventTimeField_areRefused() throws Exception {
        FeaturePlan plan = plan();
        EventSources sources = sources(Map.of("clicks", new FileEvents(List.of("a.jsonl"), SEAM)));
        assertThatThrownBy(() -> sources.of(plan))
                .isInstanceOf(InvalidSourceException.class)
                .hasMessageContaining("source clicks: lines of files have no Kafka timestamp");
    }

    @Test
    void files_withSeamInTheFuture_areRefused() throws Exception {
        FeaturePlan plan = plan();
        EventSources sources =
                sources(
                        Map.of(
                                "orders",
                                new FileEvents(List.of("a.jsonl"), Instant.now().plusSeconds(60))));
        assertThatThrownBy(() -> sources.of(plan))
                .isInstanceOf(InvalidSourceException.class)
                .hasMessageContaining("must not be in the future");
    }

    @Test
    void schemaFiles_areReadBesideTheDefinition(@TempDir Path folder) throws Exception {
        FeaturePlan plan =
                FeatureDefinitions.read("f.yaml", definition("avro\n    schema: o.avsc"));
        assertThatThrownBy(() -> SchemaFiles.read("f.yaml", plan, folder))
                .isInstanceOf(InvalidSourceException.class)
                .hasMessageContaining("f.yaml: source orders: schema file " + folder)
                .hasMessageContaining("beside the definition");
        Files.writeString(folder.resolve("o.avsc"), "{\"type\": \"recor\"}");
        assertThatThrownBy(() -> SchemaFiles.read("f.yaml", plan, folder))
                .hasMessageContaining("f.yaml: source orders: o.avsc is no Avro schema: ");
        Files.writeString(folder.resolve("o.avsc"), Sources.AVRO_ORDER);
        assertThatThrownBy(() -> SchemaFiles.read("f.yaml", plan, folder))
                .hasMessageContaining("field user_id is not in the Avro schema");
        Files.writeString(
                folder.resolve("o.avsc"), Sources.AVRO_ORDER.replace("order_id", "user_id"));
        assertThat(SchemaFiles.read("f.yaml", plan, folder).get("orders"))
                .asString()
                .contains("user_id");
    }

    private static EventSources sources(Map<String, FileEvents> files) {
        return new EventSources(
                new KafkaSettings("localhost:1", "g", Map.of(), Map.of(), Map.of()),
                StartingOffsets.COMMITTED,
                1_000,
                files,
                Map.of());
    }

    private static FeaturePlan plan() throws Exception {
        return FeatureDefinitions.read("f.yaml", definition("json"));
    }

    private static String definition(String format) {
        return """
               name: reading
               sources:
                 orders:
                   topic: orders
                   format: FORMAT
                   event-time: at
                   fields: {user_id: string, at: int64}
                 clicks:
                   topic: clicks
                   format: json
                   fields: {user_id: string}
               groups:
                 - entity: user
                   group: all
                   source: orders
                   key: [user_id]
                   features: [{name: n_1m, aggregate: count, windows: [1 min]}]
               """
                .replace("FORMAT", format);
    }
}
