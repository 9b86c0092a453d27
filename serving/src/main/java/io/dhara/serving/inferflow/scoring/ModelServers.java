package io.dhara.serving.inferflow.scoring;

import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.graph.ModelNode.Protocol;
import io.dhara.graph.ModelNode.Target;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The model servers that graphs name, whichever protocol they speak. Thread-safe. */
final class ModelServers implements AutoCloseable {
    private final ScoringSettings settings;
    private final EndpointPool<Address, ModelClient> pool;

    /** Apart, so that shadows take no place that scores wait for. */
    private final EndpointPool<Address, ModelClient> shadows;

    /** A server and how it is spoken to. */
    private record Address(Protocol protocol, String endpoint) {
        @Override
        public String toString() {
            return endpoint;
        }
    }

    ModelServers(ScoringSettings settings, Channels channels, HttpClient http, Clock clock) {
        this.settings = settings;
        Function<Address, ModelClient> connect =
                address -> connect(address, settings, channels, http);
        this.pool = new EndpointPool<>(connect, settings.maxCalls(), settings.maxWaiting(), clock);
        this.shadows = new EndpointPool<>(connect, Math.max(1, settings.maxShadows()), 0, clock);
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
        return infer(pool, protocol, target, request, deadline);
    }

    /** The same, over connections that nothing else uses. */
    CompletableFuture<List<Tensor>> inferShadow(
            Protocol protocol, Target target, ModelRequest request, Instant deadline) {
        return infer(shadows, protocol, target, request, deadline);
    }

    private CompletableFuture<List<Tensor>> infer(
            EndpointPool<Address, ModelClient> by,
            Protocol protocol,
            Target target,
            ModelRequest request,
            Instant deadline) {
        ModelRequest own = request.to(target.model(), target.version());
        return by.call(
                new Address(protocol, settings.resolve(target.endpoint())),
                deadline,
                (client, left) -> client.infer(own, left));
    }

    /** Lets go of the servers that none of these plans names. */
    void retain(Collection<GraphPlan> plans) {
        Set<Address> asked = new HashSet<>();
        Set<Address> shadowing = new HashSet<>();
        for (GraphPlan plan : plans) {
            List<GraphNode> nodes = new ArrayList<>(plan.nodes());
            GraphPlan.Slates slates = plan.slates();
            if (slates != null) {
                nodes.addAll(slates.nodes());
            }
            for (GraphNode node : nodes) {
                if (node instanceof ModelNode model) {
                    addTo(asked, model.protocol(), model.targets());
                    addTo(shadowing, model.protocol(), model.shadows());
                }
            }
        }
        pool.retain(asked);
        shadows.retain(shadowing);
    }

    private void addTo(Set<Address> inForce, Protocol protocol, List<Target> targets) {
        for (Target target : targets) {
            inForce.add(new Address(protocol, settings.resolve(target.endpoint())));
        }
    }

    /** Servers connected to; one that is a shadow too counts twice. */
    int size() {
        return pool.size() + shadows.size();
    }

    @Override
    public void close() {
        pool.close();
        shadows.close();
    }
}
