package io.dhara.stores.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy to a local port whose connections can be cut and refused for a while. */
final class CuttableProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> deaf = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    CuttableProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::acceptAll);
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Ends every connection and lets no new one through until {@link #mend}. */
    void cut() {
        refusing = true;
        closeAll();
    }

    void mend() {
        refusing = false;
    }

    /** What the target sends on connections open now is swallowed; new ones work. */
    void deafen() {
        deaf.addAll(open);
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                Socket inner = server.accept();
                if (refusing) {
                    inner.close();
                    continue;
                }
                Socket outer = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(inner);
                open.add(outer);
                daemon(() -> copy(inner, outer));
                daemon(() -> copy(outer, inner));
            } catch (IOException e) {
                closeAll(); // Closed, or the target is away: the client tries again.
            }
        }
    }

    private void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!deaf.contains(from)) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            open.remove(from); // Cut.
        }
        open.remove(from);
        open.remove(to);
    }

    private void closeAll() {
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void daemon(Runnable action) {
        Thread thread = new Thread(action, "cuttable-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        closeAll();
    }
}
