package io.dhara.realtime.domain.tile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The layout in use and the earlier ones that state may still be written in. Immutable. */
public final class HistoryLayouts {
    private final HistoryLayout current;
    private final Map<Integer, HistoryLayout> byFingerprint = new LinkedHashMap<>();

    /**
     * @param earlier descriptions that {@link #descriptions} gave before; the current one may be
     *     among them
     */
    public HistoryLayouts(HistoryLayout current, List<byte[]> earlier) {
        this.current = current;
        byFingerprint.put(current.fingerprint(), current);
        for (byte[] description : earlier) {
            HistoryLayout layout = HistoryLayout.ofDescription(description);
            byFingerprint.putIfAbsent(layout.fingerprint(), layout);
        }
    }

    public HistoryLayout current() {
        return current;
    }

    /** Of every layout, to be kept beside the state; the current one first. */
    public List<byte[]> descriptions() {
        return byFingerprint.values().stream().map(HistoryLayout::describe).toList();
    }

    @Nullable HistoryLayout find(int fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    @Override
    public String toString() {
        return byFingerprint.keySet().stream().map(Integer::toHexString).toList().toString();
    }
}
