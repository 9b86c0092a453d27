package io.dhara.serving.inferflow.scoring;

/** Connections to one server. Thread-safe; does not block. */
interface RemoteClient extends AutoCloseable {

    /** Ends them; nothing is on its way any more, unless the process ends. */
    @Override
    void close();
}
