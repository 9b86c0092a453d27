package io.dhara.realtime.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class EventSerializersTest {
    private static final FeatureEvent EVENT =
            new FeatureEvent(
                    -5,
                    Arrays.asList(
                            null,
                            "",
                            "ü😀",
                            Long.MIN_VALUE,
                            0L,
                            Double.NaN,
                            -0.0,
                            Boolean.TRUE,
                            Boolean.FALSE));

    @Test
    void featureEvent_everyKindOfValue_comesBack() throws IOException {
        assertThat(copy(new FeatureEventSerializer(), EVENT)).isEqualTo(EVENT);
    }

    @Test
    void featureEvent_layout1_isAsDocumented() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(16);
        FeatureEventFormat.INSTANCE.write(
                new FeatureEvent(1, Arrays.asList(null, "a", -1L, 1.0, true, false)), out);
        assertThat(out.getCopyOfBuffer())
                .containsExactly(2, 6, 0, 5, 1, 'a', 3, 1, 4, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 2, 1);
    }

    @Test
    void featureEvent_unknownKind_isRefused() {
        assertThatThrownBy(
                        () ->
                                FeatureEventFormat.INSTANCE.read(
                                        1, new DataInputDeserializer(new byte[] {0, 1, 6})))
                .hasMessage("kind of a value must be 0..5: got 6");
    }

    @Test
    void readEvent_eventOrRejected_comesBack() throws IOException {
        ReadEvent good = ReadEvent.good(EVENT);
        assertThat(copy(new ReadEventSerializer(), good)).isEqualTo(good);
        RejectedRecord rejected =
                new RejectedRecord(
                        Sources.record(new byte[] {1, 2}),
                        7,
                        1,
                        List.of(new Rejection(-1, "", "malformed", "no JSON")));
        ReadEvent back = copy(new ReadEventSerializer(), ReadEvent.rejected(rejected));
        assertThat(back.rejected()).isNotNull();
        assertThat(back.rejected().rejections()).isEqualTo(rejected.rejections());
        assertThat(back.rejected().record().value()).containsExactly(1, 2);
    }

    @Test
    void serializers_travelAndCompare() throws Exception {
        assertThat(InstantiationUtil.clone(new FeatureEventSerializer()))
                .isEqualTo(new FeatureEventSerializer());
        assertThat(InstantiationUtil.clone(new ReadEventSerializer()))
                .isEqualTo(new ReadEventSerializer());
        assertThat(new FeatureEventSerializer().snapshotConfiguration().restoreSerializer())
                .isEqualTo(new FeatureEventSerializer());
    }

    private static <T> T copy(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }
}
