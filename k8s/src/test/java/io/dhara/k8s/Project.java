package io.dhara.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the checked files are. Tests run in the module folder {@code k8s/}. */
final class Project {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    static final Path FLINK_CONF = ROOT.resolve("flink-conf");
    static final Path K8S = ROOT.resolve("k8s");
    static final String INGEST = "feature-ingest";
    static final String SESSIONIZER = "interaction-sessionizer";

    /** Names of the jobs that ship. */
    static final List<String> JOBS = List.of(INGEST, SESSIONIZER);

    static final Path SERVING_SETTINGS = K8S.resolve("base/serving/serving.yaml");
    private static final Set<String> NO_MANIFESTS =
            Stream.concat(
                            JOBS.stream().map(job -> job + ".yaml"),
                            Stream.of("kustomization.yaml", "serving.yaml"))
                    .collect(Collectors.toUnmodifiableSet());

    private Project() {}

    /** The job's own settings. */
    static Path settings(String job) {
        return FLINK_CONF.resolve("jobs/" + job + ".settings.yaml");
    }

    /** A file of the job's folder in {@code k8s/base}. */
    static Path manifest(String job, String file) {
        return K8S.resolve("base/jobs/" + job + "/" + file);
    }

    static Path deployment(String job) {
        return manifest(job, "flinkdeployment.yaml");
    }

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
