package io.dhara.serving;

import static io.dhara.serving.ServingHarness.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.embedded.SharedServers;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingTlsITCase {
    @TempDir private static Path dir;
    private static KeyStore made;
    private static ServingHarness serving;

    @BeforeAll
    static void start() throws Exception {
        made = makeCertificate();
        Path certificate =
                pem("certificate.pem", "CERTIFICATE", made.getCertificate("server").getEncoded());
        Path key =
                pem(
                        "key.pem",
                        "PRIVATE KEY",
                        made.getKey("server", "secret".toCharArray()).getEncoded());
        serving =
                ServingHarness.start(
                        SharedServers.kafka(),
                        Map.of(
                                "serving.tls.certificate", certificate.toString(),
                                "serving.tls.private-key", key.toString()));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        serving.close();
    }

    /** By the JDK's own tool: a certificate for localhost that signs itself. */
    private static KeyStore makeCertificate() throws Exception {
        Path store = dir.resolve("server.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made =
                new ProcessBuilder(
                                keytool.toString(),
                                "-genkeypair",
                                "-alias",
                                "server",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "SAN=dns:localhost,ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "secret",
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("keytool.out").toFile())
                        .start();
        assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "secret".toCharArray());
        }
        return keys;
    }

    private static Path pem(String name, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                dir.resolve(name),
                "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }

    private static SSLContext trusting() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", made.getCertificate("server"));
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    @Test
    void grpc_overTls_isAnswered() throws Exception {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("localhost", serving.server.port())
                        .sslContext(
                                GrpcSslContexts.forClient()
                                        .trustManager(dir.resolve("certificate.pem").toFile())
                                        .build())
                        .build();
        try {
            assertThat(
                            HealthGrpc.newBlockingStub(channel)
                                    .withInterceptors(caller())
                                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                                    .check(HealthCheckRequest.getDefaultInstance())
                                    .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
        } finally {
            channel.shutdownNow();
            channel.awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void https_onTheSamePort_isAnswered() throws Exception {
        HttpResponse<String> answer = get(HttpClient.Version.HTTP_1_1);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"message\":\"true\"}");
    }

    /** A client that agrees on h2 gets gRPC's side of the port, where paths are methods. */
    @Test
    void https_clientThatAgreesOnHttp2_reachesGrpc() throws Exception {
        HttpResponse<String> answer = get(HttpClient.Version.HTTP_2);

        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isNotEqualTo(200);
    }

    private static HttpResponse<String> get(HttpClient.Version offered) throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(trusting()).version(offered).build();
        return client.send(
                HttpRequest.newBuilder(
                                URI.create(
                                        "https://localhost:"
                                                + serving.server.port()
                                                + "/health/self"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void clearText_onTheTlsPort_isNotAnswered() {
        assertThatThrownBy(() -> serving.get("/health/self")).isInstanceOf(IOException.class);
    }

    @Test
    void start_withFilesThatAreNoPem_namesThem() throws Exception {
        Path broken = Files.writeString(dir.resolve("broken.pem"), "no pem");

        assertThatThrownBy(
                        () ->
                                ServingHarness.start(
                                        SharedServers.kafka(),
                                        Map.of(
                                                "serving.tls.certificate", broken.toString(),
                                                "serving.tls.private-key", broken.toString())))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("broken.pem", "serving.tls.certificate");
    }
}
