package io.dhara.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.FeatureGroupSchema;
import io.dhara.proto.persist.FeatureServiceGrpc;
import io.dhara.proto.persist.FeatureValues;
import io.dhara.proto.persist.Values;
import io.dhara.proto.retrieve.FeatureGroup;
import io.dhara.proto.retrieve.Keys;
import io.dhara.proto.retrieve.Query;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * Writes numbered values that wait until they are applied, through Kafka, Flink and both stores,
 * while readers keep the cache filled, and reads each back through the cache with BharatMLStack's
 * own call.
 */
final class ReadYourWrites {
    private static final String USER = "reads-its-writes";
    private static final String REDIS_GROUP = "activity";
    private static final String SCYLLA_GROUP = "lifetime";

    private ReadYourWrites() {}

    /**
     * @param writes how many, one after another
     * @return reads that the other readers made meanwhile
     */
    static long check(String serving, int writes) throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forTarget(serving).usePlaintext().build();
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong others = new AtomicLong();
        try {
            List<CompletableFuture<Void>> readers =
                    List.of(
                            CompletableFuture.runAsync(() -> keepReading(channel, done, others)),
                            CompletableFuture.runAsync(() -> keepReading(channel, done, others)));
            for (long number = 1; number <= writes; number++) {
                writeWhenHeard(channel, number);
                assertThat(read(channel))
                        .as("read after write %d was acknowledged as applied", number)
                        .containsExactly(Long.toString(number), Long.toString(number));
            }
            done.set(true);
            for (CompletableFuture<Void> reader : readers) {
                reader.get(30, TimeUnit.SECONDS);
            }
            return others.get();
        } finally {
            done.set(true);
            channel.shutdownNow();
        }
    }

    private static void keepReading(ManagedChannel channel, AtomicBoolean done, AtomicLong reads) {
        long newest = 0;
        while (!done.get()) {
            long seen = Long.parseLong(read(channel).get(0));
            assertThat(seen).as("values never go back").isGreaterThanOrEqualTo(newest);
            newest = seen;
            reads.incrementAndGet();
        }
    }

    /**
     * An instance that has lost touch with the invalidation topic refuses to wait, and says to try
     * again; on a starved machine that happens.
     */
    private static void writeWhenHeard(ManagedChannel channel, long number) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(200))
                .pollDelay(Duration.ZERO)
                .until(
                        () -> {
                            try {
                                write(channel, number);
                                return true;
                            } catch (StatusRuntimeException e) {
                                if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                                    return false;
                                }
                                throw e;
                            }
                        });
    }

    private static void write(ManagedChannel channel, long number) {
        Metadata headers = caller();
        headers.put(Metadata.Key.of("dhara-wait", Metadata.ASCII_STRING_MARSHALLER), "applied");
        FeatureServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .persistFeatures(
                        io.dhara.proto.persist.Query.newBuilder()
                                .setEntityLabel("user")
                                .addKeysSchema("user_id")
                                .addFeatureGroupSchema(group(REDIS_GROUP, "views_1d"))
                                .addFeatureGroupSchema(group(SCYLLA_GROUP, "views_total"))
                                .addData(
                                        Data.newBuilder()
                                                .addKeyValues(USER)
                                                .addFeatureValues(
                                                        FeatureValues.newBuilder()
                                                                .setValues(
                                                                        Values.newBuilder()
                                                                                .addInt32Values(
                                                                                        (int)
                                                                                                number)))
                                                .addFeatureValues(
                                                        FeatureValues.newBuilder()
                                                                .setValues(
                                                                        Values.newBuilder()
                                                                                .addInt64Values(
                                                                                        number))))
                                .build());
    }

    private static FeatureGroupSchema group(String label, String feature) {
        return FeatureGroupSchema.newBuilder().setLabel(label).addFeatureLabels(feature).build();
    }

    private static List<String> read(ManagedChannel channel) {
        return io.dhara.proto.retrieve.FeatureServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(caller()))
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .retrieveDecodedResult(
                        Query.newBuilder()
                                .setEntityLabel("user")
                                .addKeysSchema("user_id")
                                .addKeys(Keys.newBuilder().addCols(USER))
                                .addFeatureGroups(
                                        FeatureGroup.newBuilder()
                                                .setLabel(REDIS_GROUP)
                                                .addFeatureLabels("views_1d"))
                                .addFeatureGroups(
                                        FeatureGroup.newBuilder()
                                                .setLabel(SCYLLA_GROUP)
                                                .addFeatureLabels("views_total"))
                                .build())
                .getRows(0)
                .getColumnsList();
    }

    private static Metadata caller() {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("online-feature-store-caller-id", Metadata.ASCII_STRING_MARSHALLER),
                "demo");
        headers.put(
                Metadata.Key.of(
                        "online-feature-store-auth-token", Metadata.ASCII_STRING_MARSHALLER),
                "demo");
        return headers;
    }
}
