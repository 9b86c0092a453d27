package io.dhara.serving.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.serving.grpc.CallHeaders;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersistOptionsTest {

    @Test
    void of_noHeaders_asksForNothing() {
        assertThat(PersistOptions.of(new Metadata()))
                .isEqualTo(new PersistOptions(false, null, null));
    }

    @Test
    void of_allHeaders_areTaken() {
        Metadata headers = new Metadata();
        headers.put(CallHeaders.WAIT, "applied");
        headers.put(CallHeaders.EVENT_TIME, "1700000000000");
        headers.put(CallHeaders.SCHEMA_VERSION, "fp=2");

        assertThat(PersistOptions.of(headers))
                .isEqualTo(new PersistOptions(true, 1_700_000_000_000L, "fp=2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "now", "99999999999999999999"})
    void of_badEventTime_isRefusedByName(String text) {
        Metadata headers = new Metadata();
        headers.put(CallHeaders.EVENT_TIME, text);

        assertThatThrownBy(() -> PersistOptions.of(headers))
                .hasMessageStartingWith("dhara-event-time-ms must be")
                .hasMessageEndingWith("got \"" + text + "\"");
    }

    @Test
    void of_anyOtherWait_isRefusedByName() {
        Metadata headers = new Metadata();
        headers.put(CallHeaders.WAIT, "durable");

        assertThatThrownBy(() -> PersistOptions.of(headers))
                .hasMessage("dhara-wait must be applied: got \"durable\"");
    }
}
