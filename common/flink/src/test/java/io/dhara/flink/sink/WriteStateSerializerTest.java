package io.dhara.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.junit.jupiter.api.Test;

final class WriteStateSerializerTest {
    private final WriteStateSerializer serializer = new WriteStateSerializer();

    private static byte[] golden() throws IOException {
        try (InputStream in =
                WriteStateSerializerTest.class.getResourceAsStream(
                        "/golden/flink/sink-state-v1.hex")) {
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        }
    }

    @Test
    void state_goldenBytes_areReadAndWrittenUnchanged() throws Exception {
        BufferedRequestState<WriteEntry> state = serializer.deserialize(1, golden());

        assertThat(state.getBufferedRequestEntries()).hasSize(2);
        PendingWrite first = state.getBufferedRequestEntries().get(0).getRequestEntry().pending();
        assertThat(first.write().key().values()).containsExactly("u|1", "", "日本");
        assertThat(first.write().writeTimeMicros()).isEqualTo(1_700_000_000_123_899L);
        assertThat(first.waits()).last().isEqualTo(new WaitUnit("req-2", 1, 2));
        assertThat(serializer.serialize(state)).isEqualTo(golden());
    }

    @Test
    void state_empty_isReadBackEmpty() throws Exception {
        BufferedRequestState<WriteEntry> none =
                new BufferedRequestState<>(List.<RequestEntryWrapper<WriteEntry>>of());
        assertThat(
                        serializer
                                .deserialize(1, serializer.serialize(none))
                                .getBufferedRequestEntries())
                .isEmpty();
    }

    @Test
    void state_ofANewerRelease_isRefused() {
        assertThatThrownBy(() -> serializer.deserialize(2, golden()))
                .hasMessage(
                        "layout version of feature-store sink in the state must be 1 to 1: got 2;"
                                + " restore it with the release that wrote it, or a newer one");
    }
}
