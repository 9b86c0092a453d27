package io.dhara.sessionizer;

import io.dhara.embedded.ForkedServer;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A server that is stopped keeps its connections and answers nothing. */
final class Signals {
    private Signals() {}

    static void stop(ForkedServer server) {
        send("-STOP", server);
    }

    static void resume(ForkedServer server) {
        send("-CONT", server);
    }

    private static void send(String signal, ForkedServer server) {
        try {
            int code =
                    new ProcessBuilder("kill", signal, Long.toString(server.pid()))
                            .start()
                            .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill " + signal + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
