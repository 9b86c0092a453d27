package io.dhara.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Dockerfiles against what the build makes and the manifests expect. No image is built: that
 * needs a Docker engine. Needs the packaged modules, so an integration test.
 */
class ImageITCase {
    private static final Path SERVING = Project.ROOT.resolve("serving");
    private static final Path JOBS = Project.ROOT.resolve("jobs");
    private static final Pattern DEFAULT = Pattern.compile("ARG (\\w+)=(\\S+)");
    private static final Pattern COPY = Pattern.compile("COPY (?:--\\S+ )*(\\S+) (\\S+)");

    /** One COPY with its arguments put in. */
    private record Copy(Path from, String to) {}

    /** What an image copies; {@code job} is its build argument JOB, of no meaning to serving. */
    private static List<Copy> copies(Path context, String job) throws IOException {
        Map<String, String> arguments = new HashMap<>();
        List<Copy> copies = new ArrayList<>();
        for (String line : Files.readAllLines(context.resolve("Dockerfile"))) {
            Matcher argument = DEFAULT.matcher(line);
            if (argument.matches()) {
                String name = argument.group(1);
                arguments.put(name, name.equals("JOB") ? job : argument.group(2));
            }
            String filled = line;
            for (Map.Entry<String, String> one : arguments.entrySet()) {
                filled = filled.replace("${" + one.getKey() + "}", one.getValue());
            }
            Matcher copy = COPY.matcher(filled);
            if (copy.matches()) {
                copies.add(new Copy(context.resolve(copy.group(1)), copy.group(2)));
            }
        }
        return copies;
    }

    @Test
    void everyCopiedPath_isMadeByTheBuild() throws IOException {
        List<Copy> copies = new ArrayList<>(copies(SERVING, ""));
        for (String job : Project.JOBS) {
            copies.addAll(copies(JOBS, job));
        }
        assertThat(copies).hasSize(2 + Project.JOBS.size());
        for (Copy copy : copies) {
            assertThat(copy.from()).as("made by ./mvnw -pl k8s -am package").exists();
        }
    }

    static List<String> jobs() {
        return Project.JOBS;
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void jobImage_hasTheJarWhereTheDeploymentLooks_andItsFlink(String job) throws IOException {
        JsonNode spec = Yaml.documents(Project.deployment(job)).get(0).path("spec");
        assertThat("local://" + copies(JOBS, job).get(0).to())
                .isEqualTo(spec.at("/job/jarURI").asText());

        Matcher flink =
                Pattern.compile("<flink.version>(\\d+\\.\\d+)\\.(\\d+)</flink.version>")
                        .matcher(Files.readString(Project.ROOT.resolve("pom.xml")));
        assertThat(flink.find()).isTrue();
        assertThat(JOBS.resolve("Dockerfile"))
                .content()
                .contains("ARG FLINK=" + flink.group(1) + "." + flink.group(2) + "-java17\n");
        assertThat(spec.path("flinkVersion").asText())
                .isEqualTo("v" + flink.group(1).replace('.', '_'));
    }

    @Test
    void servingImage_runsAsTheDeploymentsUser() throws IOException {
        JsonNode deployment =
                Yaml.documents(Project.K8S.resolve("base/serving/deployment.yaml")).get(0);
        assertThat(SERVING.resolve("Dockerfile"))
                .content()
                .contains(
                        "\nUSER " + deployment.at("/spec/template/spec/securityContext/runAsUser"));
    }

    /**
     * The image's own command on the files it copies: they are complete enough to ask for settings.
     */
    @Test
    void servingsEntryPoint_onTheCopiedFiles_asksForSettings() throws Exception {
        Matcher entryPoint =
                Pattern.compile("ENTRYPOINT \\[\"java\", \"-cp\", \"([^\"]+)\", \"([^\"]+)\"]")
                        .matcher(Files.readString(SERVING.resolve("Dockerfile")));
        assertThat(entryPoint.find()).isTrue();
        List<String> classPath = new ArrayList<>();
        for (String entry : entryPoint.group(1).split(":")) {
            String folder = entry.substring(0, entry.length() - 1); // ends with *
            for (Copy copy : copies(SERVING, "")) {
                if (copy.to().equals(folder)) {
                    classPath.add(
                            Files.isDirectory(copy.from()) ? copy.from() + "/*" : "" + copy.from());
                }
            }
        }
        assertThat(classPath).hasSize(2);

        Process serving =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                String.join(File.pathSeparator, classPath),
                                entryPoint.group(2))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(serving.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(serving.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(serving.exitValue()).as(said).isEqualTo(2);
        assertThat(said).contains("kafka.bootstrap-servers");
    }
}
