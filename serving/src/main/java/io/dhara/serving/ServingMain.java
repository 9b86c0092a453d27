package io.dhara.serving;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.core.registry.InvalidSchemasException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The serving process: {@code --config FILE}, then any number of {@code key=value} that go before
 * the file. SIGTERM drains and stops it.
 */
public final class ServingMain {
    private static final String LOGGING = "log4j2.configurationFile";

    static {
        // Before the first logger: a process of its own logs to its console unless told otherwise.
        if (System.getProperty(LOGGING) == null) {
            System.setProperty(LOGGING, "classpath:log4j2-serving.properties");
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ServingMain.class);
    private static final int CANNOT_START = 1;
    private static final int WRONG_USAGE = 2;

    private ServingMain() {}

    public static void main(String[] args) throws InterruptedException {
        Settings settings;
        ServingConfig config;
        try {
            settings = Settings.ofCommandLine(args);
            config = ServingConfig.from(settings);
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_USAGE);
            return;
        }
        LOG.info("settings: {}", settings.effective());
        ServingServer server;
        try {
            server = ServingServer.start(config);
        } catch (IOException | InvalidSchemasException | ConfigException e) {
            LOG.error("serving cannot start", e);
            System.exit(CANNOT_START);
            return;
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> stop(server, stopped), "dhara-serving-stop"));
        stopped.await();
    }

    private static void stop(ServingServer server, CountDownLatch stopped) {
        try {
            server.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server.close();
            LOG.info("stopped");
            stopped.countDown();
        }
    }
}
