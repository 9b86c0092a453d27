package io.dhara.serving.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.Query;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeatureMessageTest {
    private static final Path FOLDER = Path.of("src/test/resources/schemas");
    private static final EntitySchema USER =
            YamlSchemas.read(FOLDER.toString(), 1, YamlSchemas.readFolder(FOLDER)).entity("user");

    private static ProducerRecord<byte[], byte[]> record(
            Query query, @Nullable String version, @Nullable String requestId) {
        return FeatureMessage.record("topic", query, USER, 1_700, version, requestId);
    }

    private static Query named(List<String> columns, List<String> values) {
        Query.Builder query = PersistCheckTest.oneRow().clearKeysSchema().clearData();
        return query.addAllKeysSchema(columns)
                .addData(Data.newBuilder().addAllKeyValues(values))
                .build();
    }

    private static String key(Query query) {
        return new String(record(query, null, null).key(), UTF_8);
    }

    @Test
    void record_carriesTheQueryAndItsEventTime() {
        Query query = PersistCheckTest.oneRow().build();

        ProducerRecord<byte[], byte[]> record = record(query, null, null);

        assertThat(record.value()).isEqualTo(query.toByteArray());
        assertThat(record.timestamp()).isEqualTo(1_700);
        assertThat(headers(record)).isEqualTo(Map.of("dhara-event-time-ms", "1700"));
    }

    @Test
    void record_optionsGiven_becomeHeaders() {
        ProducerRecord<byte[], byte[]> record =
                record(PersistCheckTest.oneRow().build(), "fp=2", "id-1");

        assertThat(headers(record))
                .isEqualTo(
                        Map.of(
                                "dhara-event-time-ms", "1700",
                                "dhara-schema-version", "fp=2",
                                "dhara-request-id", "id-1"));
    }

    @Test
    void b32_key_doesNotDependOnTheCallersColumnOrder() {
        assertThat(key(named(List.of("user_id", "region"), List.of("u1", "eu"))))
                .isEqualTo("user\0u1\u001feu")
                .isEqualTo(key(named(List.of("region", "user_id"), List.of("eu", "u1"))));
    }

    @Test
    void key_columnsThatAreNotTheEntitys_areTakenAsGiven() {
        assertThat(key(named(List.of("x", "user_id"), List.of("1", "2"))))
                .isEqualTo("user\0" + "1\u001f2");
        assertThat(key(named(List.of("user_id", "user_id"), List.of("1", "2"))))
                .isEqualTo("user\0" + "1\u001f2");
        assertThat(key(named(List.of("user_id"), List.of("1")))).isEqualTo("user\0" + "1");
    }

    private static Map<String, String> headers(ProducerRecord<byte[], byte[]> record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .collect(
                        Collectors.toMap(
                                header -> header.key(),
                                header -> new String(header.value(), UTF_8)));
    }
}
