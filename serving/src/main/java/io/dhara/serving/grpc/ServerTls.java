package io.dhara.serving.grpc;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/** TLS 1.2 and 1.3 by the JDK, offering HTTP/2 and HTTP/1.1 by ALPN. */
final class ServerTls {
    private ServerTls() {}

    /**
     * @throws IOException if a file cannot be read or is no PEM of a certificate or key
     */
    static SslContext of(GrpcSettings.Tls files) throws IOException {
        try (InputStream certificate = Files.newInputStream(files.certificate());
                InputStream key = Files.newInputStream(files.privateKey())) {
            return SslContextBuilder.forServer(certificate, key)
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(
                            new ApplicationProtocolConfig(
                                    Protocol.ALPN,
                                    SelectorFailureBehavior.NO_ADVERTISE,
                                    SelectedListenerFailureBehavior.ACCEPT,
                                    ApplicationProtocolNames.HTTP_2,
                                    ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "no PEM certificate and PKCS#8 key in "
                            + files.certificate()
                            + " and "
                            + files.privateKey()
                            + " (serving.tls.certificate, serving.tls.private-key)",
                    e);
        }
    }
}
