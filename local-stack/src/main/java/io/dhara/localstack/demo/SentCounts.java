package io.dhara.localstack.demo;

import java.util.Map;
import java.util.TreeMap;

/** What the demo sent, counted where it was sent: the figures the job's own are held against. */
final class SentCounts {
    long events;
    long messages;
    long rows;
    long rejected;
    long duplicates;
    long late;
    long olderVersion;
    long invalidLines;
    final Map<String, Long> rejectedByReason = new TreeMap<>();
}
