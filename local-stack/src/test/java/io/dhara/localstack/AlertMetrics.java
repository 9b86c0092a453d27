package io.dhara.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics that the shipped alerts ask for, against those that a running stack has. */
final class AlertMetrics {
    private static final Pattern ASKED_FOR = Pattern.compile("\\b(?:dhara|flink)_\\w+");
    private static final Pattern OFFERED =
            Pattern.compile("^((?:dhara|flink)_\\w+)[{ ]", Pattern.MULTILINE);

    /** The local stack has no distributed cache. */
    private static final List<String> NOT_HERE = List.of("dhara_serving_distributed_cache_");

    private AlertMetrics() {}

    static void check(Path home, StackEndpoints endpoints) throws Exception {
        Path folder = home.resolve("k8s/base/observability");
        String rules =
                Files.readString(folder.resolve("prometheusrule.yaml"))
                        + Files.readString(folder.resolve("prometheusrule-sessionizer.yaml"));
        Set<String> asked = names(ASKED_FOR.matcher(rules), 0);
        asked.removeIf(name -> NOT_HERE.stream().anyMatch(name::startsWith));
        assertThat(asked).hasSizeGreaterThan(10);

        Set<String> offered = names(OFFERED.matcher(get(endpoints.metrics())), 1);
        offered.addAll(names(OFFERED.matcher(get(endpoints.servingAdmin() + "/metrics")), 1));
        assertThat(offered).containsAll(asked);
    }

    private static Set<String> names(Matcher matcher, int group) {
        Set<String> names = new TreeSet<>();
        while (matcher.find()) {
            names.add(matcher.group(group));
        }
        return names;
    }

    private static String get(String url) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(url)).build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(url).isEqualTo(200);
        return answer.body();
    }
}
