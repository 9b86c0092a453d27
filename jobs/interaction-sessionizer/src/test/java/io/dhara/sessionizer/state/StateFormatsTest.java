package io.dhara.sessionizer.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.sessionizer.session.CloseReason;
import io.dhara.sessionizer.session.ClosedSession;
import io.dhara.sessionizer.session.Erasure;
import io.dhara.sessionizer.session.SessionEvent;
import io.dhara.sessionizer.session.UserState;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layouts that no release may change: savepoints hold them. */
class StateFormatsTest {
    private static final long T = 1_767_225_600_000L;
    private static final SessionEvent CLICK =
            new SessionEvent(true, "CLICK", 2002, 101, T, "", "ab");
    private static final SessionEvent OTHER = new SessionEvent(false, "RATED", 1, 0, T + 1, "", "");

    record Golden<T>(String name, ValueSerializer<T> serializer, T value, String hex) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Golden<?>> goldens() {
        return Stream.of(
                new Golden<>(
                        "click",
                        new SessionEventSerializer(),
                        CLICK,
                        "03a41fca0180a0d5edee66000261" + "62"),
                new Golden<>(
                        "a type of one's own",
                        new SessionEventSerializer(),
                        OTHER,
                        "00055241544544020082a0d5edee660000"),
                new Golden<>(
                        "closed session",
                        new UserWorkSerializer(),
                        new ClosedSession(CloseReason.CAP, T, T, List.of(CLICK)),
                        "0280a0d5edee6680a0d5edee6601" + "03a41fca0180a0d5edee6600026162"),
                new Golden<>("erasure", new UserWorkSerializer(), new Erasure(T), "0080a0d5edee66"),
                new Golden<>(
                        "open user",
                        new UserStateSerializer(),
                        new UserState(
                                300,
                                UserState.NEVER,
                                UserState.NEVER,
                                T + 7,
                                2,
                                5000,
                                T,
                                T + 9,
                                T + 300),
                        "0cac02" + "8ea0d5edee66" + "028827" + "80a0d5edee66" + "09ac02"),
                new Golden<>(
                        "closed and erased user",
                        new UserStateSerializer(),
                        new UserState(1, T, T, UserState.NO_TIMER, 0, 0, 0, 0, UserState.NO_TIMER),
                        "0301" + "80a0d5edee66" + "80a0d5edee66"),
                new Golden<>(
                        "clocks",
                        new SubtaskClocksSerializer(),
                        new SubtaskClocks(T, 5),
                        "0000019b76daa8000000000000000005"));
    }

    private static <T> byte[] write(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return out.getCopyOfBuffer();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    <T> void writtenAndRead(Golden<T> golden) throws Exception {
        byte[] bytes = write(golden.serializer(), golden.value());
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(golden.hex());
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        assertThat(golden.serializer().deserialize(in)).isEqualTo(golden.value());
        assertThat(in.available()).isZero();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    <T> void everyTruncation_fails(Golden<T> golden) throws Exception {
        byte[] whole = write(golden.serializer(), golden.value());
        for (int length = 0; length < whole.length; length++) {
            DataInputDeserializer in = new DataInputDeserializer(whole, 0, length);
            assertThatThrownBy(() -> golden.serializer().deserialize(in))
                    .as("first %d bytes", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    <T> void snapshot_restoresAnEqualSerializer(Golden<T> golden) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(
                out, golden.serializer().snapshotConfiguration());
        TypeSerializerSnapshot<T> restored =
                TypeSerializerSnapshot.readVersionedSnapshot(
                        new DataInputDeserializer(out.getCopyOfBuffer()),
                        getClass().getClassLoader());
        assertThat(restored.restoreSerializer()).isEqualTo(golden.serializer());
    }

    @Test
    void unknownKinds_fail() {
        assertThatThrownBy(() -> read(new SessionEventSerializer(), "0f"))
                .hasMessageContaining("got 7");
        assertThatThrownBy(() -> read(new UserWorkSerializer(), "05"))
                .hasMessageContaining("got 5");
        assertThatThrownBy(() -> read(new UserWorkSerializer(), "01000000"))
                .hasMessageContaining("at least one event");
        assertThatThrownBy(() -> read(new UserStateSerializer(), "10"))
                .hasMessageContaining("got 16");
    }

    private static <T> T read(TypeSerializer<T> serializer, String hex) throws IOException {
        return serializer.deserialize(new DataInputDeserializer(HexFormat.of().parseHex(hex)));
    }
}
