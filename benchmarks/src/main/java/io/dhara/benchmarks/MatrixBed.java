package io.dhara.benchmarks;

import com.google.common.util.concurrent.ListenableFuture;
import io.dhara.core.config.Settings;
import io.dhara.core.model.StoreConfig;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.proto.v1.CellStatus;
import io.dhara.proto.v1.MatrixGrpc;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriters;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Serving over a filled {@link MatrixShop}, and an echo of the same bytes in the same process. What
 * is sent and answered is left as bytes here, so that both are called in the same way.
 */
final class MatrixBed implements AutoCloseable {
    private static final MethodDescriptor<byte[], byte[]> MATRIX =
            EchoPort.method(MatrixGrpc.getRetrieveMatrixMethod().getFullMethodName());
    private static final String INVALIDATIONS = "bench.invalidations";
    private static final long DEADLINE_SECONDS = 20;
    private static final String HOST = "127.0.0.1";

    final MeasuredProcess serving;
    private final ManagedChannel channel;
    private final ManagedChannel echo;
    private final List<byte[]> requests;
    private final int answerBytes;
    private final Deque<AutoCloseable> opened;
    private int next;

    private MatrixBed(
            MeasuredProcess serving,
            ManagedChannel channel,
            ManagedChannel echo,
            List<RetrieveMatrixRequest> requests,
            int answerBytes,
            Deque<AutoCloseable> opened) {
        this.serving = serving;
        this.channel = channel;
        this.echo = echo;
        this.requests = requests.stream().map(RetrieveMatrixRequest::toByteArray).toList();
        this.answerBytes = answerBytes;
        this.opened = opened;
    }

    /**
     * @param jvm memory of serving's process
     * @param settings of serving, beside stores, schemas and graphs
     * @param requests made in turn
     */
    static MatrixBed start(
            MatrixShop shop,
            List<String> jvm,
            Map<String, String> settings,
            List<RetrieveMatrixRequest> requests)
            throws IOException, InterruptedException {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            return start(shop, jvm, settings, requests, opened);
        } catch (Exception e) {
            close(opened);
            throw e;
        }
    }

    private static MatrixBed start(
            MatrixShop shop,
            List<String> jvm,
            Map<String, String> settings,
            List<RetrieveMatrixRequest> requests,
            Deque<AutoCloseable> opened)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("dhara-bench");
        opened.push(() -> Folders.delete(folder));
        MatrixShop.define(folder);
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        opened.push(kafka);
        kafka.createTopic(INVALIDATIONS, 1);
        EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
        opened.push(redis);
        fill(shop, folder, redis);
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(store(redis));
        all.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        all.put("kafka.topics.invalidations", INVALIDATIONS);
        all.put("registry.folder", folder.resolve("schemas").toString());
        all.put("inferflow.graphs.folder", folder.resolve("graphs").toString());
        MeasuredProcess serving = ServingProcess.start(folder, jvm, all);
        opened.push(serving);
        ManagedChannel channel = channel(serving.ask("port"));
        opened.push(channel::shutdownNow);
        byte[] answer = complete(channel, requests.get(0)).toByteArray();
        Path file = Files.write(folder.resolve("answer"), answer);
        ManagedChannel echo = channel(serving.ask("echo " + file));
        opened.push(echo::shutdownNow);
        return new MatrixBed(serving, channel, echo, requests, answer.length, opened);
    }

    private static Map<String, String> store(EmbeddedRedis redis) {
        return Map.of("stores.redis.%d.hosts".formatted(MatrixShop.CONNECTION), redis.address());
    }

    private static void fill(MatrixShop shop, Path folder, EmbeddedRedis redis) {
        StoreConnections connections = StoreConnections.from(Settings.parse(store(redis)));
        try (FeatureStoreWriter writer =
                FeatureStoreWriters.open(StoreConfig.Kind.REDIS, connections)) {
            shop.fill(folder, writer);
        }
    }

    private static ManagedChannel channel(String port) {
        return NettyChannelBuilder.forAddress(HOST, Integer.parseInt(port)).usePlaintext().build();
    }

    /** What is measured is a whole answer. */
    private static RetrieveMatrixResponse complete(
            ManagedChannel channel, RetrieveMatrixRequest request) {
        RetrieveMatrixResponse answer =
                MatrixGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .retrieveMatrix(request);
        for (int cell = 0; cell < answer.getStatuses().size(); cell++) {
            if (answer.getStatuses().byteAt(cell) != CellStatus.CELL_STATUS_PRESENT_VALUE) {
                throw new IllegalStateException(
                        "cell %d has status %d: %s"
                                .formatted(
                                        cell,
                                        answer.getStatuses().byteAt(cell),
                                        answer.getNodesList()));
            }
        }
        if (answer.getRows() != MatrixShop.CANDIDATES) {
            throw new IllegalStateException("rows: got " + answer.getRows());
        }
        return answer;
    }

    /** Length of an answer; all have the same. */
    int answerBytes() {
        return answerBytes;
    }

    Supplier<ListenableFuture<byte[]>> matrix() {
        return call(channel, MATRIX);
    }

    Supplier<ListenableFuture<byte[]>> echo() {
        return call(echo, EchoPort.METHOD);
    }

    private Supplier<ListenableFuture<byte[]>> call(
            ManagedChannel to, MethodDescriptor<byte[], byte[]> method) {
        return () ->
                ClientCalls.futureUnaryCall(
                        to.newCall(
                                method,
                                CallOptions.DEFAULT.withDeadlineAfter(
                                        DEADLINE_SECONDS, TimeUnit.SECONDS)),
                        requests.get(next++ % requests.size()));
    }

    /** Most memory that serving's process has had at once, in bytes. */
    long peakResidentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + serving.pid() + "/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("no VmHWM of process " + serving.pid());
    }

    @Override
    public void close() {
        close(opened);
    }

    /** The last one first, all of them whatever one says. */
    private static void close(Deque<AutoCloseable> opened) {
        IllegalStateException failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException("not closed", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
