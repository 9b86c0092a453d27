package io.dhara.benchmarks;

import static java.util.Objects.requireNonNull;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/**
 * The least a call over gRPC costs: takes the bytes of a request, whatever they are, and answers
 * with the same bytes every time. On the event loop, as serving answers; nothing is parsed.
 */
final class EchoPort implements AutoCloseable {
    /** The method, also for its callers. */
    static final MethodDescriptor<byte[], byte[]> METHOD = method("dhara.bench.Echo/Echo");

    private final Server server;

    private EchoPort(Server server) {
        this.server = server;
    }

    static EchoPort open(byte[] answer) throws IOException {
        ServerServiceDefinition service =
                ServerServiceDefinition.builder(requireNonNull(METHOD.getServiceName()))
                        .addMethod(
                                METHOD,
                                ServerCalls.asyncUnaryCall(
                                        (request, observer) -> {
                                            observer.onNext(answer);
                                            observer.onCompleted();
                                        }))
                        .build();
        return new EchoPort(
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                        .directExecutor()
                        .addService(service)
                        .build()
                        .start());
    }

    int port() {
        return server.getPort();
    }

    /** Any unary method, its messages left as bytes. */
    static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.newBuilder(Bytes.INSTANCE, Bytes.INSTANCE)
                .setType(MethodType.UNARY)
                .setFullMethodName(name)
                .build();
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream message) {
            try {
                return message.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
