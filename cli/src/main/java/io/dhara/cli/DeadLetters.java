package io.dhara.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Reads and requeues the records of a job's dead-letter topic. */
final class DeadLetters {
    private static final String HEADER_PREFIX = "dhara-dlq-";
    private static final String EVENT_TIME = "dhara-event-time-ms";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private DeadLetters() {}

    static String topic(String job) {
        return "dhara." + job + ".dlq";
    }

    /**
     * One rejected record.
     *
     * @param position partition:offset in the dead-letter topic
     * @param headers those of the original record and the {@code dhara-dlq-*} ones, in order
     * @param key null when the original had none
     */
    record DeadLetter(
            String position,
            long timestampMs,
            List<Header> headers,
            byte @Nullable [] key,
            byte[] value) {
        String reason() {
            return text("reason", "?");
        }

        String detail() {
            return text("detail", "");
        }

        String source() {
            return text("source", "?");
        }

        /**
         * Empty when the value is the original message, else what it is instead: {@code cut},
         * {@code block} or {@code row}.
         */
        String content() {
            return text("content", "");
        }

        int rejected() {
            return Integer.parseInt(text("rejected", "1"));
        }

        private String text(String name, String otherwise) {
            return headers.stream()
                    .filter(h -> h.key().equals(HEADER_PREFIX + name))
                    .findFirst()
                    .map(h -> new String(h.value(), StandardCharsets.UTF_8))
                    .orElse(otherwise);
        }

        Map<String, Object> summary() {
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("position", position);
            summary.put("reason", reason());
            summary.put("detail", detail());
            summary.put("rejected_rows", rejected());
            if (!content().isEmpty()) {
                summary.put("content", content());
            }
            summary.put("source", source());
            return summary;
        }
    }

    /** Everything that is in the topic now, in order of time. */
    static List<DeadLetter> read(String bootstrap, String job) {
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest");
        try (var consumer =
                new KafkaConsumer<>(
                        config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> partitions = consumer.listTopics(PATIENCE).get(topic(job));
            if (partitions == null) {
                throw new CommandFailure(
                        "there is no topic "
                                + topic(job)
                                + " at "
                                + bootstrap
                                + ". Is "
                                + job
                                + " the name of a job?");
            }
            List<TopicPartition> all =
                    partitions.stream()
                            .map(p -> new TopicPartition(p.topic(), p.partition()))
                            .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all, PATIENCE);
            List<DeadLetter> letters = new ArrayList<>();
            while (ends.entrySet().stream()
                    .anyMatch(e -> consumer.position(e.getKey(), PATIENCE) < e.getValue())) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> letters.add(letter(record)));
            }
            letters.sort(Comparator.comparingLong(DeadLetter::timestampMs));
            return letters;
        }
    }

    private static DeadLetter letter(ConsumerRecord<byte[], byte[]> record) {
        return new DeadLetter(
                record.partition() + ":" + record.offset(),
                record.timestamp(),
                List.of(record.headers().toArray()),
                record.key(),
                record.value() == null ? new byte[0] : record.value());
    }

    /** Sends each record to the topic it came from; returns when the broker has them all. */
    static void requeue(String bootstrap, List<DeadLetter> letters) {
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        "all",
                        "max.request.size",
                        16 << 20,
                        "enable.idempotence",
                        "true");
        try (var producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (DeadLetter letter : letters) {
                sent.add(producer.send(original(letter)));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new CommandFailure(
                    "the broker did not take a record back: "
                            + e.getCause().getMessage()
                            + ". Records before it are requeued; requeueing them again changes nothing.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while requeueing", e);
        }
    }

    private static ProducerRecord<byte[], byte[]> original(DeadLetter letter) {
        String topic = letter.source().split("/")[0];
        String eventTime = letter.text("event-time-ms", "");
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, letter.key(), letter.value());
        for (Header header : letter.headers()) {
            boolean ours = header.key().startsWith(HEADER_PREFIX);
            if (!ours && (eventTime.isEmpty() || !header.key().equals(EVENT_TIME))) {
                record.headers().add(header);
            }
        }
        if (!eventTime.isEmpty()) {
            record.headers()
                    .add(new RecordHeader(EVENT_TIME, eventTime.getBytes(StandardCharsets.UTF_8)));
        }
        return record;
    }
}
