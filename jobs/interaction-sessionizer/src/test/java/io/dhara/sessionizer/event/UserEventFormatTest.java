package io.dhara.sessionizer.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.interaction.Interaction;
import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class UserEventFormatTest {
    private static final UserEvent EVENT =
            new UserEvent(
                    UserEvent.Kind.STORED,
                    new Interaction("42", "ORDER", 2002, -1, 1_767_225_600_000L, "S1_1", "größe"));

    /** Layout 1, which no release may change: state of earlier releases is read by it. */
    private static final String GOLDEN =
            "00"
                    + "023432"
                    + "054f52444552"
                    + "a41f"
                    + "01"
                    + "80a0d5edee66"
                    + "0453315f31"
                    + "076772c3b6c39f65";

    private static byte[] write(UserEvent event) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer().serialize(event, out);
        return out.getCopyOfBuffer();
    }

    private static TypeSerializer<UserEvent> serializer() {
        return TypeInformation.of(UserEvent.class).createSerializer(new SerializerConfigImpl());
    }

    @Test
    void write_sample_matchesGoldenBytes() throws Exception {
        assertThat(HexFormat.of().formatHex(write(EVENT))).isEqualTo(GOLDEN);
    }

    @Test
    void read_goldenBytes_isTheSample() throws Exception {
        DataInputDeserializer in = new DataInputDeserializer(HexFormat.of().parseHex(GOLDEN));
        assertThat(serializer().deserialize(in)).isEqualTo(EVENT);
        assertThat(in.available()).isZero();
    }

    @Test
    void read_everyTruncation_fails() throws Exception {
        byte[] whole = write(EVENT);
        for (int length = 0; length < whole.length; length++) {
            DataInputDeserializer in = new DataInputDeserializer(whole, 0, length);
            assertThatThrownBy(() -> serializer().deserialize(in))
                    .as("first %d bytes", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void read_unknownKind_fails() {
        DataInputDeserializer in = new DataInputDeserializer(new byte[] {3});
        assertThatThrownBy(() -> serializer().deserialize(in))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("got 3");
    }

    @Test
    void everyKind_isReadBack() throws Exception {
        for (UserEvent.Kind kind : UserEvent.Kind.values()) {
            UserEvent event = new UserEvent(kind, EVENT.interaction());
            assertThat(serializer().deserialize(new DataInputDeserializer(write(event))))
                    .isEqualTo(event);
        }
    }

    @Test
    void snapshot_writtenAndRead_restoresAnEqualSerializer() throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer().snapshotConfiguration());
        TypeSerializerSnapshot<UserEvent> restored =
                TypeSerializerSnapshot.readVersionedSnapshot(
                        new DataInputDeserializer(out.getCopyOfBuffer()),
                        getClass().getClassLoader());
        assertThat(restored.restoreSerializer()).isEqualTo(serializer());
    }
}
