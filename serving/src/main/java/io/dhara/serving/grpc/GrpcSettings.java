package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.dhara.serving.admission.AccessLog;
import io.dhara.serving.admission.AdmissionSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the callers' port does.
 *
 * @param address port 0 takes a free one
 * @param tls null for clear text
 * @param auth whom to let in
 * @param persistCallers which table of the registry the persist services look into
 * @param reflection whether services describe themselves
 * @param reflectionAuth whether that too needs a token
 * @param channelz whether connections can be looked at, always with a token
 * @param deadlines how long calls may take
 * @param maxRequestBytes largest request
 * @param admission when calls are refused
 * @param callThreads threads that services run on; 0 runs them on the event loops, which suits
 *     services that never block
 * @param maxConnectionAge a connection is ended in good order about this long after it was made, so
 *     that clients look names up again and find new instances; their calls finish first
 * @param maxConnectionGrace a connection so ended is cut off this long after, whatever its calls do
 * @param maxConnections more are closed as soon as they are made
 * @param negotiationTimeout a connection that has not said by then what it speaks is closed
 * @param accessLog how many calls are logged
 * @param maxMeteredCallers callers with metrics of their own; the rest are counted together
 */
public record GrpcSettings(
        InetSocketAddress address,
        @Nullable Tls tls,
        Auth auth,
        PersistCallers persistCallers,
        boolean reflection,
        boolean reflectionAuth,
        boolean channelz,
        DeadlineRules deadlines,
        int maxRequestBytes,
        AdmissionSettings admission,
        int callThreads,
        Duration maxConnectionAge,
        Duration maxConnectionGrace,
        int maxConnections,
        Duration negotiationTimeout,
        AccessLog.Rates accessLog,
        int maxMeteredCallers) {

    /** Whom to let in. */
    public enum Auth {
        /** Callers whose id and token are in the registry. */
        REGISTRY,
        /** Everyone; for a machine that nobody else reaches. */
        NONE
    }

    /** Who may persist. */
    public enum PersistCallers {
        /** {@code security/reader}, as the peer does. */
        READERS,
        /** {@code security/writer} only. */
        WRITERS
    }

    /** PEM files of the server's certificate chain and its PKCS#8 key. */
    public record Tls(Path certificate, Path privateKey) {}

    public GrpcSettings {
        requireNonNull(address, "address is null");
        requireNonNull(accessLog, "accessLog is null");
        requireNonNull(deadlines, "deadlines is null");
        requireNonNull(admission, "admission is null");
        requireNonNull(maxConnectionGrace, "maxConnectionGrace is null");
        requireNonNull(maxConnectionAge, "maxConnectionAge is null");
        requireNonNull(negotiationTimeout, "negotiationTimeout is null");
    }
}
