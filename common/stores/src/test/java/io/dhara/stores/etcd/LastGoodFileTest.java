package io.dhara.stores.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.registry.SchemaMerge;
import io.dhara.core.registry.SchemaSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastGoodFileTest {
    @TempDir Path folder;

    private LastGoodFile file() {
        return new LastGoodFile(folder.resolve("sub/last.json"), PeerExample.BASE);
    }

    private static SchemaSnapshot example() {
        return SchemaMerge.merge(
                        SchemaSnapshot.EMPTY,
                        EtcdLayout.parse(PeerExample.BASE, 7, PeerExample.keys()))
                .snapshot();
    }

    @Test
    void save_thenLoad_isTheSame() throws Exception {
        file().save(example());

        assertThat(file().load()).contains(example());
        try (Stream<Path> files = Files.list(folder.resolve("sub"))) {
            assertThat(files).hasSize(1);
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("sub/last.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void load_none_isEmpty() {
        assertThat(file().load()).isEmpty();
    }

    @Test
    void load_truncatedAnywhere_isEmptyAndNoError() throws Exception {
        file().save(example());
        Path path = folder.resolve("sub/last.json");
        String text = Files.readString(path);
        for (int length = 0; length < text.length(); length += 97) {
            Files.writeString(path, text.substring(0, length));

            assertThat(file().load()).isEmpty();
        }
    }
}
