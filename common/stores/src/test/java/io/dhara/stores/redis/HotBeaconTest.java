package io.dhara.stores.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HotBeaconTest {
    private static final String FORM = "PLAIN/EVENT";

    @Test
    void establishes_allPartsWhole_onThatServerOnly() {
        HotBeacon beacon = beacon("0", "5 100 2 1 PLAIN/EVENT r1", "1", "6 200 2 1 PLAIN/EVENT r1");
        assertThat(beacon.establishes("r1")).isTrue();
        assertThat(beacon.establishes("r2")).isFalse();
        assertThat(beacon.establishes("")).isFalse();
        assertThat(beacon.generations()).containsExactlyInAnyOrder(100L, 200L);
    }

    @Test
    void establishes_aPartIsMissingOrBuilding_isFalse() {
        assertThat(beacon("0", "5 100 2 1 PLAIN/EVENT r1").establishes("r1")).isFalse();
        assertThat(beacon("1", "5 100 2 1 PLAIN/EVENT r1").establishes("r1")).isFalse();
        assertThat(
                        beacon("0", "5 100 2 1 PLAIN/EVENT r1", "1", "6 200 2 0 PLAIN/EVENT r1")
                                .establishes("r1"))
                .isFalse();
        assertThat(beacon().establishes("r1")).isFalse();
    }

    @Test
    void establishes_partsDoNotAgree_isFalse() {
        String first = "5 100 2 1 PLAIN/EVENT r1";
        assertThat(beacon("0", first, "1", "6 200 3 1 PLAIN/EVENT r1").establishes("r1")).isFalse();
        assertThat(beacon("0", first, "1", "6 200 2 1 PLAIN/EVENT r0").establishes("r1")).isFalse();
        assertThat(beacon("0", first, "1", "6 200 2 1 HASH_TAG/EVENT r1").establishes("r1"))
                .isFalse();
    }

    @Test
    void establishes_fieldsOfAJobWithMoreParts_doNotCount() {
        assertThat(
                        beacon("0", "5 100 1 1 PLAIN/EVENT r1", "1", "6 200 2 1 PLAIN/EVENT r1")
                                .establishes("r1"))
                .isTrue();
    }

    private static HotBeacon beacon(String... fieldsAndValues) {
        Map<byte[], byte[]> hash = new HashMap<>();
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            hash.put(bytes(fieldsAndValues[i]), bytes(fieldsAndValues[i + 1]));
        }
        hash.put(bytes("version"), bytes("5-100-0-1"));
        return HotBeacon.of(hash, FORM);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
