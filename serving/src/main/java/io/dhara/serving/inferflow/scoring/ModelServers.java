package io.dhara.serving.inferflow.scoring;

import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.graph.ModelNode.Protocol;
import io.dhara.graph.ModelNode.Target;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The model servers that graphs name, whichever protocol they speak. Thread-safe. */
final class ModelServers implements AutoCloseable {
    private final ScoringSettings settings;
    private final EndpointPool<Address, ModelClient> pool;

    /** A server and how it is spoken to. */
    private record Address(Protocol protocol, String endpoint) {
        @Override
        public String toString() {
            return endpoint;
        }
    }

    ModelServers(ScoringSettings settings, Channels channels, HttpClient http, Clock clock) {
        this.settings = settings;
        this.pool =
                new EndpointPool<>(
                        address -> connect(address, settings, channels, http),
                        settings.maxCalls(),
                        settings.maxWaiting(),
                        clock);
    }

    private static ModelClient connect(
            Address address, ScoringSettings settings, Channels channels, HttpClient http) {
        return switch (address.protocol) {
            case OPEN_INFERENCE_GRPC ->
                    new GrpcModelClient(address.endpoint, channels.open(address.endpoint));
            case HTTP_INVOCATIONS -> new HttpModelClient(address.endpoint, http, settings);
        };
    }

    /**
     * Asks a target.
     *
     * @param request its model and version are not looked at
     * @return failed with {@link RemoteCallException}
     */
    CompletableFuture<List<Tensor>> infer(
            Protocol protocol, Target target, ModelRequest request, Instant deadline) {
        ModelRequest own = request.to(target.model(), target.version());
        return pool.call(
                new Address(protocol, settings.resolve(target.endpoint())),
                deadline,
                (client, left) -> client.infer(own, left));
    }

    /** Lets go of the servers that none of these plans names. */
    void retain(Collection<GraphPlan> plans) {
        Set<Address> inForce = new HashSet<>();
        for (GraphPlan plan : plans) {
            addTo(inForce, plan.nodes());
            GraphPlan.Slates slates = plan.slates();
            if (slates != null) {
                addTo(inForce, slates.nodes());
            }
        }
        pool.retain(inForce);
    }

    private void addTo(Set<Address> inForce, List<GraphNode> nodes) {
        for (GraphNode node : nodes) {
            if (node instanceof ModelNode model) {
                for (List<Target> targets : List.of(model.targets(), model.shadows())) {
                    for (Target target : targets) {
                        inForce.add(
                                new Address(model.protocol(), settings.resolve(target.endpoint())));
                    }
                }
            }
        }
    }

    /** Servers connected to. */
    int size() {
        return pool.size();
    }

    @Override
    public void close() {
        pool.close();
    }
}
