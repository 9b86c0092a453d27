package io.dhara.stores.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * A connection to etcd and the reading of everything below the base at one revision. For the
 * registry and for the control plane's writer.
 */
public final class EtcdClient implements AutoCloseable {
    private static final Duration KEEPALIVE = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private final EtcdConfig config;
    private final Client client;

    /**
     * @param revision of the whole reading
     * @param values by full key
     * @param modRevisions revision of each key's last change
     */
    public record Keys(long revision, Map<String, String> values, Map<String, Long> modRevisions) {}

    /**
     * Connects with the first request.
     *
     * @throws IllegalStateException if TLS is wanted and this JVM has none
     */
    public EtcdClient(EtcdConfig config) {
        this.config = config;
        ClientBuilder builder =
                Client.builder()
                        .endpoints(config.endpoints().toArray(String[]::new))
                        .connectTimeout(config.connectTimeout())
                        .keepaliveTime(KEEPALIVE)
                        .keepaliveTimeout(config.requestTimeout())
                        .keepaliveWithoutCalls(true)
                        .waitForReady(false)
                        .retryMaxDuration(config.requestTimeout())
                        .maxInboundMessageSize(MAX_ANSWER_BYTES);
        if (!config.username().isEmpty()) {
            builder.user(bytes(config.username())).password(bytes(config.password()));
        }
        if (config.isTls()) {
            try {
                builder.sslContext(trustOfTheJvm -> {});
            } catch (SSLException e) {
                throw new IllegalStateException("TLS to " + config + " cannot be set up", e);
            }
        }
        this.client = builder.build();
    }

    /** The driver, for transactions; closed with this. */
    public Client jetcd() {
        return client;
    }

    /**
     * Every key below the base.
     *
     * @throws EtcdUnavailableException if etcd does not answer in time
     */
    public Keys readAll() throws InterruptedException {
        GetResponse response =
                await(
                        client.getKVClient()
                                .get(
                                        bytes(config.base() + "/"),
                                        GetOption.builder().isPrefix(true).build()),
                        "reading " + config.base());
        Map<String, String> values = new HashMap<>();
        Map<String, Long> modRevisions = new HashMap<>();
        for (KeyValue pair : response.getKvs()) {
            String key = text(pair.getKey());
            values.put(key, text(pair.getValue()));
            modRevisions.put(key, pair.getModRevision());
        }
        return new Keys(response.getHeader().getRevision(), values, modRevisions);
    }

    /**
     * The answer to a request.
     *
     * @param what for the error
     * @throws EtcdUnavailableException if it fails or does not come in time
     */
    public <T> T await(CompletableFuture<T> future, String what) throws InterruptedException {
        try {
            return future.get(config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new EtcdUnavailableException(
                    config + " failed at " + what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new EtcdUnavailableException(
                    config + " did not answer within " + config.requestTimeout() + " at " + what,
                    e);
        }
    }

    public static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    public static String text(ByteSequence bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}
