package io.dhara.flink.sink;

import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * What the store made of a batch.
 *
 * @param again to be tried again, in order
 * @param whyAgain of the first of these; empty if there is none
 * @param answered whether the store took at least one write
 */
record Verdict(
        List<SettledWrite> settled, List<WriteEntry> again, String whyAgain, boolean answered) {

    /**
     * @param outcomes one per entry, in order
     */
    static Verdict of(List<WriteEntry> entries, List<Outcome> outcomes) {
        List<SettledWrite> settled = new ArrayList<>(entries.size());
        List<WriteEntry> again = new ArrayList<>();
        String whyAgain = "";
        boolean answered = false;
        for (int i = 0; i < entries.size(); i++) {
            WriteEntry entry = entries.get(i);
            Outcome outcome = outcomes.get(i);
            switch (outcome.result()) {
                case APPLIED -> {
                    settled.add(settled(entry, SettledWrite.Outcome.APPLIED, outcome));
                    answered = true;
                }
                case EXPIRED -> settled.add(settled(entry, SettledWrite.Outcome.EXPIRED, outcome));
                case REFUSED -> settled.add(settled(entry, SettledWrite.Outcome.REFUSED, outcome));
                case RETRY -> {
                    whyAgain = again.isEmpty() ? outcome.detail() : whyAgain;
                    again.add(entry);
                }
            }
        }
        return new Verdict(settled, again, whyAgain, answered);
    }

    private static SettledWrite settled(
            WriteEntry entry, SettledWrite.Outcome outcome, Outcome answer) {
        return new SettledWrite(entry.pending(), outcome, answer.detail());
    }
}
