package io.dhara.benchmarks;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.stores.interaction.HotMembers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;

/**
 * Interactions of many users with one open session each, interleaved as a shop's are: users take
 * turns, so that a user's events are far apart in the topic and none can be combined. All are
 * different and in order of time; types take turns too.
 *
 * @param prefix of the users' names
 * @param events how many in all
 * @param users whom they are of
 * @param beginMillis event time of the first
 */
record SessionLoad(String prefix, int events, int users, long beginMillis) {
    static final List<String> TYPES = List.of("CLICK", "ORDER", "WISHLIST");

    /** Event time from the first to the last: far less than a session gap. */
    private static final long SPREAD_MILLIS = 60_000;

    private static final long CATALOG = 7;
    private static final int PIPELINE = 5_000;

    SessionLoad {
        if (users < 1 || events < users) {
            throw new IllegalArgumentException(
                    "each of at least one user needs an event: got "
                            + events
                            + " events of "
                            + users
                            + " users");
        }
    }

    /** Of sessions that were at work until now. */
    static SessionLoad untilNow(String prefix, int events, int users) {
        return new SessionLoad(prefix, events, users, System.currentTimeMillis() - SPREAD_MILLIS);
    }

    Interaction event(int number) {
        String type = TYPES.get(number / users % TYPES.size());
        return new Interaction(
                user(number),
                type,
                number,
                CATALOG,
                beginMillis + number * SPREAD_MILLIS / events,
                type.equals("ORDER") ? "so-" + number : "",
                "");
    }

    String user(int number) {
        return prefix + number % users;
    }

    /** Sets of a user and a type that have an event. */
    long touchedSets() {
        return (long) users * Math.min(TYPES.size(), events / users)
                + (events / users < TYPES.size() ? events % users : 0);
    }

    /** Puts all on a topic, keyed by user. */
    void send(String bootstrapServers, String topic) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers", bootstrapServers,
                                "linger.ms", "20",
                                "batch.size", "131072"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (int i = 0; i < events; i++) {
                Interaction event = event(i);
                producer.send(
                        new ProducerRecord<>(
                                topic,
                                event.userId().getBytes(StandardCharsets.UTF_8),
                                bytes(event)),
                        (metadata, refused) -> {
                            if (refused != null) {
                                failure.compareAndSet(null, refused);
                            }
                        });
            }
            producer.flush();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("the load was not sent", failure.get());
        }
    }

    private static byte[] bytes(Interaction event) {
        return InteractionEvent.newBuilder()
                .setUserId(event.userId())
                .setType(event.type())
                .setProductId(event.productId())
                .setCatalogId(event.catalogId())
                .setEventTimeMs(event.eventTimeMillis())
                .setSubOrderNum(event.subOrder())
                .build()
                .toByteArray();
    }

    /** Whether the last events of all partitions are in the hot tier: the others are, or soon. */
    boolean endIsHot(RedisClient redis) {
        for (int i = events - 1; i >= Math.max(0, events - 100); i--) {
            Interaction event = event(i);
            byte[] key = (event.userId() + "_" + event.type()).getBytes(StandardCharsets.UTF_8);
            if (redis.zscore(key, HotMembers.event(event)) == null) {
                return false;
            }
        }
        return true;
    }

    /** Events that the hot tier holds. */
    long hotEvents(RedisClient redis) {
        List<String> keys = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            for (String type : TYPES) {
                keys.add(user(user) + "_" + type);
            }
        }
        return ask(redis, keys, AbstractPipeline::zcard).stream().mapToLong(size -> size).sum();
    }

    /** Users whose keys hold their history too. */
    long completeUsers(RedisClient redis) {
        List<String> markers = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            markers.add(user(user) + "_SESSION");
        }
        return ask(redis, markers, (pipeline, key) -> pipeline.hget(key, "state")).stream()
                .filter("hot"::equals)
                .count();
    }

    private static <T> List<T> ask(
            RedisClient redis,
            List<String> keys,
            BiFunction<AbstractPipeline, String, Response<T>> question) {
        List<T> answers = new ArrayList<>(keys.size());
        for (int from = 0; from < keys.size(); from += PIPELINE) {
            try (AbstractPipeline pipeline = redis.pipelined()) {
                List<Response<T>> asked =
                        keys.subList(from, Math.min(keys.size(), from + PIPELINE)).stream()
                                .map(key -> question.apply(pipeline, key))
                                .toList();
                pipeline.sync();
                asked.forEach(answer -> answers.add(answer.get()));
            }
        }
        return answers;
    }

    /** Adds the same members by plain pipelined commands: what no writer can do for less. */
    void addRaw(RedisClient redis, int commandsAtOnce) {
        for (int from = 0; from < events; from += commandsAtOnce) {
            try (AbstractPipeline pipeline = redis.pipelined()) {
                for (int i = from; i < Math.min(events, from + commandsAtOnce); i++) {
                    Interaction event = event(i);
                    pipeline.zadd(
                            (event.userId() + "_RAW").getBytes(StandardCharsets.UTF_8),
                            event.eventTimeMillis(),
                            HotMembers.event(event));
                }
                pipeline.sync();
            }
        }
    }
}
