package io.dhara.serving.inferflow.scoring;

import io.dhara.proto.v1.CandidateGeneratorGrpc;
import io.dhara.proto.v1.GenerateCandidatesRequest;
import io.dhara.proto.v1.GenerateCandidatesResponse;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A candidate generator over gRPC. */
final class GrpcCandidateClient implements CandidateClient {
    private final String endpoint;
    private final ManagedChannel channel;

    /**
     * @param channel closed with this
     */
    GrpcCandidateClient(String endpoint, ManagedChannel channel) {
        this.endpoint = endpoint;
        this.channel = channel;
    }

    @Override
    public CompletableFuture<GenerateCandidatesResponse> generate(
            GenerateCandidatesRequest request, Duration left) {
        UnaryAnswer<GenerateCandidatesRequest, GenerateCandidatesResponse> answer =
                new UnaryAnswer<>("candidate generator " + endpoint);
        CandidateGeneratorGrpc.newStub(channel)
                .withDeadlineAfter(left.toNanos(), TimeUnit.NANOSECONDS)
                .generateCandidates(request, answer);
        return answer.future();
    }

    @Override
    public void close() {
        channel.shutdown();
    }
}
