package io.dhara.serving.inferflow.scoring;

import io.dhara.serving.inferflow.scoring.ScoringSettings.Tls;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.http.HttpClient;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * gRPC channels: {@code host:port} in plain text, {@code grpcs://host:port} with TLS and the
 * server's certificate checked. Answers are read on the channel's event loops.
 */
final class Channels {
    static final String SECURE = "grpcs://";

    private final ScoringSettings settings;
    private final @Nullable SslContext tls;

    /**
     * @throws IllegalArgumentException if the files of TLS cannot be read
     */
    Channels(ScoringSettings settings) {
        this.settings = settings;
        this.tls = context(settings.tls());
    }

    private static @Nullable SslContext context(@Nullable Tls tls) {
        return tls == null ? null : build(tls, GrpcSslContexts.forClient());
    }

    private static SslContext build(Tls tls, SslContextBuilder context) {
        try {
            Path authority = tls.authority();
            if (authority != null) {
                context.trustManager(authority.toFile());
            }
            Path certificate = tls.certificate();
            Path key = tls.privateKey();
            if (certificate != null && key != null) {
                context.keyManager(certificate.toFile(), key.toFile());
            }
            return context.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException("inferflow.models.tls cannot be used: " + tls, e);
        }
    }

    /**
     * What {@code https} endpoints are checked with, by the same files.
     *
     * @throws IllegalArgumentException if they cannot be read
     */
    HttpClient.Builder withTls(HttpClient.Builder client) {
        Tls files = settings.tls();
        if (files == null) {
            return client;
        }
        SslContext context =
                build(files, SslContextBuilder.forClient().sslProvider(SslProvider.JDK));
        return client.sslContext(((JdkSslContext) context).context());
    }

    /**
     * Makes a channel, which connects when it is first used.
     *
     * @throws IllegalArgumentException if the address is none
     */
    ManagedChannel open(String address) {
        boolean secure = address.startsWith(SECURE);
        NettyChannelBuilder channel =
                NettyChannelBuilder.forTarget(secure ? address.substring(SECURE.length()) : address)
                        .directExecutor()
                        .maxInboundMessageSize(settings.maxAnswerBytes())
                        .intercept(MetadataUtils.newAttachHeadersInterceptor(headers()));
        if (!secure) {
            channel.usePlaintext();
        } else if (tls != null) {
            channel.sslContext(tls);
        }
        return channel.build();
    }

    private Metadata headers() {
        Metadata headers = new Metadata();
        settings.headers()
                .forEach(
                        (name, value) ->
                                headers.put(
                                        Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER),
                                        value));
        return headers;
    }
}
