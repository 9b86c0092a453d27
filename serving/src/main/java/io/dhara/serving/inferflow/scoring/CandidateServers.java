package io.dhara.serving.inferflow.scoring;

import io.dhara.graph.CandidateNode;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.v1.GenerateCandidatesRequest;
import io.dhara.proto.v1.GenerateCandidatesResponse;
import io.dhara.proto.v1.InputColumn;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.inferflow.CandidateSource;
import io.dhara.serving.inferflow.Candidates;
import io.dhara.serving.inferflow.InputValues;
import io.dhara.serving.inferflow.NodeCall;
import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The candidate generators that graphs name. Thread-safe; does not block. */
final class CandidateServers implements CandidateSource, AutoCloseable {
    private final ScoringSettings settings;
    private final EndpointPool<String, CandidateClient> pool;
    private final ScoringMeters meters;

    CandidateServers(
            ScoringSettings settings,
            Channels channels,
            HttpClient http,
            Clock clock,
            ScoringMeters meters) {
        this.settings = settings;
        this.meters = meters;
        this.pool =
                new EndpointPool<>(
                        address -> connect(address, settings, channels, http),
                        settings.maxCalls(),
                        settings.maxWaiting(),
                        clock);
    }

    private static CandidateClient connect(
            String address, ScoringSettings settings, Channels channels, HttpClient http) {
        return address.startsWith("http://") || address.startsWith("https://")
                ? new HttpCandidateClient(address, http, settings)
                : new GrpcCandidateClient(address, channels.open(address));
    }

    @Override
    public CompletionStage<Candidates> candidates(
            CandidateNode node, List<InputValues> inputs, NodeCall call) {
        List<PlanColumn> columns = call.plan().columns();
        GenerateCandidatesRequest request = request(node, inputs, call);
        long started = System.nanoTime();
        CompletableFuture<Candidates> found = new CompletableFuture<>();
        pool.call(
                        settings.resolve(node.endpoint()),
                        call.deadline(),
                        (client, left) -> client.generate(request, left))
                .thenApply(response -> candidates(node, columns, response))
                .whenComplete(
                        (candidates, failure) -> {
                            Throwable cause = RemoteCallException.causeOf(failure);
                            meters.candidates(System.nanoTime() - started, cause);
                            if (cause == null) {
                                found.complete(candidates);
                            } else {
                                found.completeExceptionally(failureOf(node, cause));
                            }
                        });
        return found;
    }

    private static GenerateCandidatesRequest request(
            CandidateNode node, List<InputValues> inputs, NodeCall call) {
        GenerateCandidatesRequest.Builder request =
                GenerateCandidatesRequest.newBuilder()
                        .setGenerator(node.generator())
                        .setLimit(node.limit())
                        .setTrackingId(call.trackingId());
        inputs.forEach(
                input ->
                        request.addInputsBuilder()
                                .setName(input.name())
                                .addAllValues(input.values()));
        node.values()
                .forEach(column -> request.addColumns(call.plan().columns().get(column).name()));
        return request.build();
    }

    private static Candidates candidates(
            CandidateNode node, List<PlanColumn> columns, GenerateCandidatesResponse response) {
        if (response.getIdsList().contains("")) {
            throw new RemoteCallException(Kind.WRONG_ANSWER, "answered an empty id");
        }
        int rows = Math.min(node.limit(), response.getIdsCount());
        List<List<byte @Nullable []>> values = new ArrayList<>();
        for (int column : node.values()) {
            values.add(values(columns.get(column), response, rows));
        }
        return new Candidates(response.getIdsList().subList(0, rows), values);
    }

    private static List<byte @Nullable []> values(
            PlanColumn column, GenerateCandidatesResponse response, int rows) {
        for (InputColumn given : response.getColumnsList()) {
            if (given.getName().equals(column.name())) {
                if (given.getValuesCount() != response.getIdsCount()) {
                    throw new RemoteCallException(
                            Kind.WRONG_ANSWER,
                            "answered %d values of %s for %d ids"
                                    .formatted(
                                            given.getValuesCount(),
                                            column.name(),
                                            response.getIdsCount()));
                }
                List<byte @Nullable []> values = new ArrayList<>(rows);
                for (int row = 0; row < rows; row++) {
                    values.add(value(column, given.getValues(row)));
                }
                return values;
            }
        }
        return Collections.nCopies(rows, null);
    }

    private static byte @Nullable [] value(PlanColumn column, String text) {
        if (text.isEmpty()) {
            return null;
        }
        byte[] value = ValueText.parse(text, column.type(), column.vectorLength());
        if (value == null) {
            throw new RemoteCallException(
                    Kind.WRONG_ANSWER,
                    "answered a %s that is no %s"
                            .formatted(column.name(), column.type().wireName()));
        }
        return value;
    }

    private static ServingException failureOf(CandidateNode node, Throwable cause) {
        boolean late = cause instanceof RemoteCallException call && call.kind() == Kind.LATE;
        return new ServingException(
                late ? ServingException.Kind.DEADLINE : ServingException.Kind.UNAVAILABLE,
                "generator %s: %s".formatted(node.generator(), cause.getMessage()),
                cause);
    }

    /** Lets go of the generators that none of these plans names. */
    void retain(Collection<GraphPlan> plans) {
        Set<String> inForce = new HashSet<>();
        for (GraphPlan plan : plans) {
            for (GraphNode node : plan.nodes()) {
                if (node instanceof CandidateNode candidates) {
                    inForce.add(settings.resolve(candidates.endpoint()));
                }
            }
        }
        pool.retain(inForce);
    }

    /** Generators connected to. */
    int size() {
        return pool.size();
    }

    @Override
    public void close() {
        pool.close();
    }
}
