package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A service of the callers' port and who may call it.
 *
 * @param callerHeader metadata that names the caller; it must be there
 * @param tokenHeader metadata with the caller's token
 * @param tokenNeeded whether the registry must know the caller by its token
 * @param persistMethods full names of the methods that need the right to persist
 */
public record OfferedService(
        ServerServiceDefinition definition,
        Metadata.Key<String> callerHeader,
        Metadata.Key<String> tokenHeader,
        boolean tokenNeeded,
        Set<String> persistMethods) {
    public OfferedService {
        requireNonNull(definition, "definition is null");
        requireNonNull(callerHeader, "callerHeader is null");
        requireNonNull(tokenHeader, "tokenHeader is null");
        persistMethods = Set.copyOf(persistMethods);
    }

    /** For readers of the registry. */
    public static OfferedService forReaders(BindableService service) {
        return forReaders(service.bindService(), CallHeaders.CALLER_ID, CallHeaders.AUTH_TOKEN);
    }

    /** For readers of the registry that say who they are in other headers. */
    public static OfferedService forReaders(
            ServerServiceDefinition service,
            Metadata.Key<String> callerHeader,
            Metadata.Key<String> tokenHeader) {
        return new OfferedService(service, callerHeader, tokenHeader, true, Set.of());
    }

    /** Every method needs the right to persist. */
    public static OfferedService forPersisters(ServerServiceDefinition service) {
        return new OfferedService(
                service,
                CallHeaders.CALLER_ID,
                CallHeaders.AUTH_TOKEN,
                true,
                service.getMethods().stream()
                        .map(method -> method.getMethodDescriptor().getFullMethodName())
                        .collect(Collectors.toSet()));
    }

    /** The same under a changed definition. */
    public OfferedService with(UnaryOperator<ServerServiceDefinition> change) {
        return new OfferedService(
                change.apply(definition), callerHeader, tokenHeader, tokenNeeded, persistMethods);
    }

    String name() {
        return definition.getServiceDescriptor().getName();
    }

    boolean persists(MethodDescriptor<?, ?> method) {
        return persistMethods.contains(method.getFullMethodName());
    }
}
