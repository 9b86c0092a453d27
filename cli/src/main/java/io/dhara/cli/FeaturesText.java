package io.dhara.cli;

import io.dhara.localstack.demo.DemoReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a demo says of real-time features. */
final class FeaturesText {
    private static final int WIDEST_BAR = 30;

    private FeaturesText() {}

    static void append(StringBuilder text, DemoReport.Features features) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "Real-time features: %,d order events and %,d clicks; %,d keys of groups, %,d"
                                + " values read back, %,d keys wrong%n",
                        features.orders(),
                        features.clicks(),
                        features.keys(),
                        features.values(),
                        features.wrong()));
        features.examples().forEach(example -> text.append("       ").append(example).append('\n'));
        text.append("  freshness through both jobs (handed to Kafka -> readable over gRPC)\n");
        features.freshness().forEach((group, freshness) -> histogram(text, group, freshness));
    }

    private static void histogram(
            StringBuilder text, String group, DemoReport.GroupFreshness freshness) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "  %-16s p50 %.0f ms, p99 %.0f ms, max %.0f ms  (%,d events)%n",
                        group,
                        freshness.p50(),
                        freshness.p99(),
                        freshness.max(),
                        freshness.probes()));
        long most =
                freshness.histogram().values().stream().mapToLong(Long::longValue).max().orElse(0);
        List<String> lines = new ArrayList<>();
        freshness
                .histogram()
                .forEach(
                        (end, count) -> {
                            if (count > 0) {
                                int width = (int) ((count * WIDEST_BAR + most - 1) / most);
                                lines.add(
                                        String.format(
                                                Locale.ROOT,
                                                "%18s %-30s %,d",
                                                "< " + end + " ms",
                                                "#".repeat(width),
                                                count));
                            }
                        });
        lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }
}
