package io.dhara.benchmarks;

import java.util.List;

/** The middle of some rounds: single slow ones are the machine's own. */
final class Medians {
    private Medians() {}

    /** Of an even number the lower of the two in the middle. */
    static double of(List<Double> rounds) {
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one round");
        }
        return rounds.stream().sorted().toList().get((rounds.size() - 1) / 2);
    }
}
