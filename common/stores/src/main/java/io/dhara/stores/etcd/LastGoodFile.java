package io.dhara.stores.etcd;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.core.registry.SchemaMerge;
import io.dhara.core.registry.SchemaSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good snapshot on disk, as the keys etcd would hold for it. Replaced in one step, so that
 * a process killed while writing leaves the one before. Holds tokens: readable by its owner only.
 */
final class LastGoodFile {
    private static final Logger LOG = LoggerFactory.getLogger(LastGoodFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String base;

    /** What the file holds. */
    record Content(long revision, TreeMap<String, String> keys) {}

    LastGoodFile(Path file, String base) {
        this.file = file;
        this.base = base;
    }

    /** Empty when there is none, or none that is usable. */
    Optional<SchemaSnapshot> load() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Content content = JSON.readValue(file.toFile(), Content.class);
            SchemaMerge.Result read =
                    SchemaMerge.merge(
                            SchemaSnapshot.EMPTY,
                            new IncrementalLayout(base).parse(content.revision(), content.keys()));
            if (read.problems().isEmpty()) {
                return Optional.of(read.snapshot());
            }
            LOG.warn("last good schemas in {} are not usable: {}", file, read.problems());
        } catch (IOException e) {
            LOG.warn("last good schemas in {} are not readable", file, e);
        }
        return Optional.empty();
    }

    /** A failure is logged: the schemas in force do not depend on it. */
    void save(SchemaSnapshot snapshot) {
        Map<String, String> keys = EtcdKeys.of(base, snapshot);
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            // createTempFile gives the file to its owner only.
            Path written = Files.createTempFile(folder, file.getFileName() + ".", ".tmp");
            try {
                JSON.writeValue(
                        written.toFile(), new Content(snapshot.revision(), new TreeMap<>(keys)));
                Files.move(
                        written,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            LOG.warn("last good schemas could not be kept in {}", file, e);
        }
    }
}
