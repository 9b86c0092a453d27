package io.dhara.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where the checked files are. Tests run in the module folder {@code k8s/}. */
final class Project {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    static final Path FLINK_CONF = ROOT.resolve("flink-conf");
    static final Path K8S = ROOT.resolve("k8s");
    static final Path INGEST_DEPLOYMENT =
            K8S.resolve("base/jobs/feature-ingest/flinkdeployment.yaml");

    static final Path INGEST_SETTINGS = FLINK_CONF.resolve("jobs/feature-ingest.settings.yaml");
    static final Path SERVING_SETTINGS = K8S.resolve("base/serving/serving.yaml");
    private static final Set<String> NO_MANIFESTS =
            Set.of("kustomization.yaml", "feature-ingest.yaml", "serving.yaml");

    private Project() {}

    /**
     * Every manifest under {@code k8s/base}; kustomizations and the files they put in ConfigMaps
     * left out.
     */
    static List<Path> manifests() {
        try (Stream<Path> files = Files.walk(K8S.resolve("base"))) {
            return files.filter(f -> f.toString().endsWith(".yaml"))
                    .filter(f -> !NO_MANIFESTS.contains(f.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
