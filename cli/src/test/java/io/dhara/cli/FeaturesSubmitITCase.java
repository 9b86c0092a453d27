package io.dhara.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.core.model.FeatureRecords;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.localstack.LocalFlink;
import io.dhara.proto.persist.Query;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people do with a definition on a cluster: submit it, run a changed one beside it as a
 * shadow, stop the first with a savepoint and go on from it with another window.
 */
class FeaturesSubmitITCase {
    private static final Path EXAMPLES = Path.of("../examples");
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final List<String> RESTAURANTS = List.of("r1", "r2", "r3");

    @TempDir Path dir;
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void shadowBesideALiveJob_andGoingOnFromItsSavepoint_countEveryOrderOnce() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"));
                LocalFlink flink =
                        LocalFlink.start(
                                Path.of("../flink-conf"),
                                Files.createDirectories(dir.resolve("flink")),
                                1,
                                0)) {
            kafka.createTopic("shop.order-events", 1);
            kafka.createTopic("features", 1);
            String kitchen = kitchen();
            Path first = Files.writeString(dir.resolve("kitchen.yaml"), kitchen);
            String live = submit(kafka, flink, first);
            send(kafka, "created", 0, 10);
            awaitValues(kafka, "kitchen_orders", Map.of("running_orders", 10, "orders_30m", 10));

            // Another meaning under the same names, from the first event on.
            Path other =
                    Files.writeString(
                            dir.resolve("other.yaml"),
                            kitchen.replace(
                                    "where: {status: created}", "where: {status: delivered}"));
            submit(kafka, flink, other, "--shadow=_next", "--set=kafka.starting-offsets=earliest");
            send(kafka, "delivered", 0, 4);
            awaitValues(kafka, "kitchen_orders", Map.of("running_orders", 6, "orders_30m", 10));
            awaitValues(kafka, "kitchen_orders_next", Map.of("running_orders", 6, "orders_30m", 4));

            String savepoint = stop(flink, live);
            send(kafka, "created", 10, 13);
            Path longer =
                    Files.writeString(
                            dir.resolve("longer.yaml"),
                            kitchen.replace("[5 min, 30 min", "[5 min, 10 min, 30 min"));
            submit(kafka, flink, longer, "--from-savepoint=" + savepoint);
            awaitValues(
                    kafka,
                    "kitchen_orders",
                    Map.of("running_orders", 9, "orders_10m", 13, "orders_30m", 13));
            awaitValues(kafka, "kitchen_orders_next", Map.of("running_orders", 9, "orders_30m", 4));
        }
    }

    /** Of the example the first group, which needs no SQL. */
    private static String kitchen() throws IOException {
        String whole = Files.readString(EXAMPLES.resolve("features/kitchen.yaml"));
        return whole.substring(0, whole.indexOf("  - entity: restaurant\n    group: kitchen_times"))
                .replace("idle-after: 30 s", "idle-after: 1 s");
    }

    /** The examples', with a window more and a group for the shadow. */
    private Path schemas() throws IOException {
        Path folder = Files.createDirectories(dir.resolve("schemas"));
        try (Stream<Path> files = Files.list(EXAMPLES.resolve("schemas"))) {
            for (Path file : files.toList()) {
                Files.writeString(folder.resolve(file.getFileName()), Files.readString(file));
            }
        }
        Path file = folder.resolve("restaurant.yaml");
        String text =
                Files.readString(file)
                        .replace(
                                "          - {name: orders_30m, default: 0}\n",
                                "          - {name: orders_30m, default: 0}\n"
                                        + "          - {name: orders_10m, default: 0}\n");
        int from = text.indexOf("  kitchen_orders:");
        String group = text.substring(from, text.indexOf("\n\n", from) + 1);
        String shadow = group.replace("kitchen_orders:", "kitchen_orders_next:");
        Files.writeString(file, text + shadow.replace("id: 0", "id: 9"));
        return folder;
    }

    /** What a running stack's folder says of it. */
    private Path stack(EmbeddedKafka kafka, LocalFlink flink) throws IOException {
        Map<String, String> ports =
                Map.of(
                        "kafka", kafka.bootstrapServers(),
                        "flink", flink.rest().toString(),
                        "registry", schemas().toString());
        new ObjectMapper().writeValue(dir.resolve("ports.json").toFile(), ports);
        return dir;
    }

    /** The job's id. */
    private String submit(EmbeddedKafka kafka, LocalFlink flink, Path definition, String... more)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "features",
                                "submit",
                                definition.toString(),
                                "--data-dir=" + stack(kafka, flink),
                                "--set=features.topic=features",
                                "--output=json"));
        command.addAll(List.of(more));
        CommandRun run = CommandRun.of(command.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out()).path("id").asText();
    }

    /** Orders of each restaurant, of the last minute. */
    private void send(EmbeddedKafka kafka, String status, int from, int to) {
        try (var producer =
                new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (int number = from; number < to; number++) {
                for (String restaurant : RESTAURANTS) {
                    long now = System.currentTimeMillis();
                    String json =
                            """
                            {"order_id":"%s-%d","restaurant_id":"%s","status":"%s","amount":9.5,"created_at_ms":%d,"occurred_at_ms":%d}
                            """
                                    .formatted(restaurant, number, restaurant, status, now, now);
                    producer.send(
                            new ProducerRecord<>(
                                    "shop.order-events",
                                    restaurant.getBytes(UTF_8),
                                    json.getBytes(UTF_8)));
                }
            }
        }
    }

    private static void awaitValues(
            EmbeddedKafka kafka, String group, Map<String, Integer> expected) {
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(
                        () -> {
                            Map<String, Map<String, Integer>> served = served(kafka, group);
                            assertThat(served.keySet())
                                    .containsExactlyInAnyOrderElementsOf(RESTAURANTS);
                            assertThat(served.values())
                                    .allSatisfy(
                                            values ->
                                                    assertThat(values)
                                                            .containsAllEntriesOf(expected));
                        });
    }

    /** What a store that keeps the newest row holds of a group, by restaurant. */
    private static Map<String, Map<String, Integer>> served(EmbeddedKafka kafka, String group)
            throws IOException {
        Map<String, Long> times = new HashMap<>();
        Map<String, Map<String, Integer>> served = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records(kafka)) {
            Query query = Query.parseFrom(record.value());
            var schema = query.getFeatureGroupSchema(0);
            if (!schema.getLabel().equals(group)) {
                continue;
            }
            String restaurant = query.getData(0).getKeyValues(0);
            long time =
                    Long.parseLong(
                            new String(
                                    record.headers()
                                            .lastHeader(FeatureRecords.EVENT_TIME_HEADER)
                                            .value(),
                                    UTF_8));
            if (time >= times.getOrDefault(restaurant, Long.MIN_VALUE)) {
                times.put(restaurant, time);
                Map<String, Integer> values = new HashMap<>();
                for (int i = 0; i < schema.getFeatureLabelsCount(); i++) {
                    values.put(
                            schema.getFeatureLabels(i),
                            query.getData(0).getFeatureValues(0).getValues().getInt32Values(i));
                }
                served.put(restaurant, values);
            }
        }
        return served;
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(EmbeddedKafka kafka) {
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TopicPartition only = new TopicPartition("features", 0);
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            long end = consumer.endOffsets(List.of(only)).get(only);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (consumer.position(only) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    /** As an operator does, over Flink's REST interface; the savepoint's path. */
    private String stop(LocalFlink flink, String job) throws Exception {
        URI jobs = flink.rest().resolve("/jobs/" + job + "/");
        String trigger =
                json(HttpRequest.newBuilder(jobs.resolve("stop"))
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"drain\": false, \"targetDirectory\": \""
                                                        + dir.resolve("savepoints").toUri()
                                                        + "\"}")))
                        .path("request-id")
                        .asText();
        JsonNode[] done = new JsonNode[1];
        Awaitility.await()
                .atMost(WITHIN)
                .until(
                        () -> {
                            done[0] =
                                    json(
                                            HttpRequest.newBuilder(
                                                    jobs.resolve("savepoints/" + trigger)));
                            return done[0].at("/status/id").asText().equals("COMPLETED");
                        });
        String location = done[0].at("/operation/location").asText();
        assertThat(location).as(done[0].toString()).isNotEmpty();
        return location;
    }

    private JsonNode json(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return new ObjectMapper().readTree(answer.body());
    }
}
