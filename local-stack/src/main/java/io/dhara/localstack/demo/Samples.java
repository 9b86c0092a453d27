package io.dhara.localstack.demo;

import io.dhara.core.model.EntityKey;
import java.util.ArrayList;
import java.util.List;

/** A few reads for people to look at, each of which shows something. */
final class Samples {
    private static final int PER_READ = 4;

    private final FeatureReads reads;
    private final List<DemoReport.Sample> samples = new ArrayList<>();

    Samples(FeatureReads reads) {
        this.reads = reads;
    }

    /** Reads one group of one key. */
    void read(String shows, EntityKey key, String group) {
        int shown = 0;
        for (PackedCells.Cell cell :
                PackedCells.of(reads.read(key.entity(), List.of(key), List.of(group)))) {
            if (shown++ == PER_READ) {
                return;
            }
            samples.add(
                    new DemoReport.Sample(
                            shows,
                            key.entity(),
                            key.values(),
                            cell.group(),
                            cell.feature(),
                            cell.text(),
                            cell.statusText(),
                            cell.eventTimeMs(),
                            cell.schemaVersion()));
        }
    }

    List<DemoReport.Sample> all() {
        return List.copyOf(samples);
    }
}
