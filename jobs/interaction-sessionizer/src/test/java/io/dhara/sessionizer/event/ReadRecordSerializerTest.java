package io.dhara.sessionizer.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReadRecordSerializerTest {
    private static TypeSerializer<ReadRecord> serializer() {
        return TypeInformation.of(ReadRecord.class).createSerializer(new SerializerConfigImpl());
    }

    private static byte[] write(ReadRecord read) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer().serialize(read, out);
        return out.getCopyOfBuffer();
    }

    /** A good order, one of which a detail is rejected, and a bad one. */
    static Stream<ReadRecord> samples() {
        String good = Records.detail("1", "\"S\"", "11");
        String bad = Records.detail("true", "\"S\"", "11");
        String now = Long.toString(Records.NOW);
        return Stream.of(
                        Records.order("1", now, good, good),
                        Records.order("1", now, good, bad),
                        "no order")
                .map(json -> Records.read(EventFormat.ORDER_JSON, Records.record(json)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void writtenAndRead_isTheSame(ReadRecord read) throws Exception {
        assertThat(serializer().deserialize(new DataInputDeserializer(write(read))))
                .usingRecursiveComparison()
                .isEqualTo(read);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void read_everyTruncation_fails(ReadRecord read) throws Exception {
        byte[] whole = write(read);
        for (int length = 0; length < whole.length; length++) {
            DataInputDeserializer in = new DataInputDeserializer(whole, 0, length);
            assertThatThrownBy(() -> serializer().deserialize(in))
                    .as("first %d bytes", length)
                    .isInstanceOf(IOException.class);
        }
    }
}
