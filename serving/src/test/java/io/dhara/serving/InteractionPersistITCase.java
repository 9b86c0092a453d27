package io.dhara.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dhara.embedded.EmbeddedKafka;
import io.dhara.proto.timeseries.ClickData;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc.InteractionStoreTimeSeriesServiceBlockingStub;
import io.dhara.proto.timeseries.PersistClickDataRequest;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.proto.v1.PersistInteractionsRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events handed to a real broker by a whole server; the stores are not there, nor needed. */
class InteractionPersistITCase {
    @TempDir static Path dir;

    private static Map<String, String> settings(String topic) {
        return Map.of(
                "stores.redis.2.hosts", "127.0.0.1:1",
                "stores.scylla.1.contact-points", "127.0.0.1:1",
                "stores.scylla.1.datacenter", "dc1",
                "stores.scylla.1.keyspace", "ks",
                "interactions.hot.store", "2",
                "interactions.cold.store", "1",
                "kafka.topics.interactions", topic,
                "serving.persist.delivery-timeout", "2 s");
    }

    private static InteractionStoreTimeSeriesServiceBlockingStub peer(ServingHarness serving) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("interaction-store-caller-id", Metadata.ASCII_STRING_MARSHALLER),
                "test");
        return InteractionStoreTimeSeriesServiceGrpc.newBlockingStub(serving.channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static PersistClickDataRequest clicks(String user, int events) {
        PersistClickDataRequest.Builder request =
                PersistClickDataRequest.newBuilder().setUserId(user);
        for (int i = 0; i < events; i++) {
            request.addData(ClickData.newBuilder().setProductId(i).setTimestamp(1_000 + i));
        }
        return request.build();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(EmbeddedKafka kafka, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            var partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(
                                    info ->
                                            new org.apache.kafka.common.TopicPartition(
                                                    topic, info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end =
                    consumer.endOffsets(partitions).values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            while (all.size() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
            return all;
        }
    }

    @Test
    void persist_isInTheTopicWhenItIsAnswered_oneRecordPerEvent_oneUserInOnePartition()
            throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"))) {
            String topic = "interactions-" + UUID.randomUUID();
            kafka.createTopic(topic, 4);
            try (ServingHarness serving = ServingHarness.start(kafka, settings(topic))) {
                assertThat(peer(serving).persistClickData(clicks("u1", 50)).getMessage())
                        .isEqualTo("success");
                InteractionsGrpc.newBlockingStub(serving.channel)
                        .withInterceptors(ServingHarness.caller())
                        .persist(
                                PersistInteractionsRequest.newBuilder()
                                        .addEvents(
                                                InteractionEvent.newBuilder()
                                                        .setUserId("u1")
                                                        .setType("WISHLIST")
                                                        .setProductId(9)
                                                        .setEventTimeMs(1_050))
                                        .build());

                List<ConsumerRecord<byte[], byte[]>> records = records(kafka, topic);
                assertThat(records).hasSize(51);
                assertThat(records)
                        .extracting(r -> r.partition())
                        .containsOnly(records.get(0).partition());
                for (int i = 0; i < 51; i++) {
                    ConsumerRecord<byte[], byte[]> record = records.get(i);
                    InteractionEvent event = InteractionEvent.parseFrom(record.value());
                    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("u1");
                    assertThat(record.timestamp()).isEqualTo(1_000 + i);
                    assertThat(event.getEventTimeMs()).isEqualTo(1_000 + i);
                    assertThat(event.getType()).isEqualTo(i < 50 ? "CLICK" : "WISHLIST");
                }

                kafka.stop();
                StatusRuntimeException failure =
                        catchThrowableOfType(
                                StatusRuntimeException.class,
                                () -> peer(serving).persistClickData(clicks("u1", 3)));
                assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(failure.getStatus().getDescription())
                        .contains("Sending the same events again is harmless");
            }
        }
    }
}
