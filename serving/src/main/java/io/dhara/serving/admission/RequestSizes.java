package io.dhara.serving.admission;

import io.dhara.core.config.ConfigException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that are larger than those of their method may be, before they are parsed. gRPC
 * knows one limit for all methods, and turns what a marshaller throws into UNKNOWN; so the
 * marshaller hands on that there is nothing to answer, and an interceptor right behind it answers.
 */
final class RequestSizes {
    private final Admission admission;
    private final Map<String, Long> bytes;

    /**
     * @throws ConfigException if a limit is for a method that is not among {@code methods}
     */
    RequestSizes(Admission admission, Collection<String> methods) {
        this.admission = admission;
        this.bytes = admission.settings().requestBytes();
        List<String> unknown =
                bytes.keySet().stream().filter(method -> !methods.contains(method)).toList();
        if (!unknown.isEmpty()) {
            throw new ConfigException(
                    "serving.max-request-size-of",
                    List.of(
                            "%s is not served here; there are %s"
                                    .formatted(unknown, methods.stream().sorted().toList())));
        }
    }

    /** The service with the limits of its methods. */
    ServerServiceDefinition limit(ServerServiceDefinition service) {
        if (service.getMethods().stream().noneMatch(method -> bytes.containsKey(name(method)))) {
            return service;
        }
        ServerServiceDefinition.Builder limited =
                ServerServiceDefinition.builder(service.getServiceDescriptor().getName());
        service.getMethods().forEach(method -> limited.addMethod(limited(method)));
        return ServerInterceptors.intercept(limited.build(), new Refuser());
    }

    private static String name(ServerMethodDefinition<?, ?> method) {
        return method.getMethodDescriptor().getFullMethodName();
    }

    private <Q, R> ServerMethodDefinition<Q, R> limited(ServerMethodDefinition<Q, R> method) {
        Long limit = bytes.get(name(method));
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        return limit == null
                ? method
                : ServerMethodDefinition.create(
                        descriptor.toBuilder(
                                        new Limited<>(descriptor.getRequestMarshaller(), limit),
                                        descriptor.getResponseMarshaller())
                                .build(),
                        method.getServerCallHandler());
    }

    /** Parses what is small enough, and makes null of the rest. */
    private record Limited<T>(Marshaller<T> parser, long limit) implements Marshaller<T> {
        @Override
        public InputStream stream(T value) {
            return parser.stream(value);
        }

        @Override
        @SuppressWarnings("NullAway")
        public @Nullable T parse(InputStream message) {
            try {
                // gRPC's streams of messages know their length and tell it here.
                return message.available() > limit ? null : parser.parse(message);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final class Refuser implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                private boolean refused;

                @Override
                public void onMessage(@Nullable Q message) {
                    if (message != null) {
                        super.onMessage(message);
                    } else if (!refused) {
                        refused = true;
                        admission.refuse(call, Admission.Reason.SIZE);
                    }
                }

                @Override
                public void onHalfClose() {
                    if (!refused) {
                        super.onHalfClose();
                    }
                }
            };
        }
    }
}
