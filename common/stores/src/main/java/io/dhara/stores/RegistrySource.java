package io.dhara.stores;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.stores.etcd.EtcdConfig;
import io.dhara.stores.etcd.EtcdSchemaRegistry;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Where a process takes its schemas from. Two that are equal open the same registry. */
public sealed interface RegistrySource extends Serializable {

    /** How often a folder is looked at unless told otherwise. */
    Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);

    /**
     * A folder of YAML files.
     *
     * @param path on the machine of the process
     * @param interval between two readings
     */
    record Folder(String path, Duration interval) implements RegistrySource {
        public Folder {
            requireNonNull(path, "path is null");
            requireNonNull(interval, "interval is null");
        }

        @Override
        public SchemaRegistry open() {
            return FileSchemaRegistry.open(Path.of(path), interval);
        }
    }

    /** etcd, in BharatMLStack's key layout. */
    record Etcd(EtcdConfig config) implements RegistrySource {
        public Etcd {
            requireNonNull(config, "config is null");
        }

        @Override
        public SchemaRegistry open() {
            return EtcdSchemaRegistry.open(config);
        }
    }

    /**
     * Opens the registry; the caller closes it.
     *
     * @throws io.dhara.core.registry.InvalidSchemasException if there are no valid schemas
     */
    SchemaRegistry open();

    /**
     * Reads {@code registry.folder} and {@code registry.interval}, or {@code registry.etcd.*}; what
     * is wrong is reported by {@link Settings#finish()}.
     */
    static RegistrySource from(Settings settings) {
        boolean etcd = !settings.children("registry.etcd").isEmpty();
        String folder = settings.string("registry.folder", "");
        Duration interval = settings.positiveDuration("registry.interval", DEFAULT_INTERVAL);
        if (etcd != folder.isEmpty()) {
            settings.reject(
                    "registry",
                    "needs either registry.folder or registry.etcd.endpoints: got "
                            + (etcd ? "both" : "neither"));
        }
        if (!etcd) {
            return new Folder(folder, interval);
        }
        try {
            return new Etcd(EtcdConfig.from(settings, "registry.etcd"));
        } catch (IllegalArgumentException e) {
            settings.reject("registry.etcd", String.valueOf(e.getMessage()));
            return new Etcd(EtcdConfig.of(List.of("http://nowhere"), ""));
        }
    }
}
