package io.dhara.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkSuiteTest {
    @Test
    void run_unknownName_isRefusedBeforeAnythingRuns() {
        assertThatThrownBy(
                        () ->
                                BenchmarkSuite.run(
                                        List.of("encode", "nothing"),
                                        new Surroundings(Path.of(".."), System.err)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown benchmark nothing: known are " + BenchmarkSuite.names());
    }

    @Test
    void json_hasTheNamesOfTheBenchContract() throws Exception {
        BenchmarkFigure figure = new BenchmarkFigure("a", 1.5, "ns", "<= 2", "b", 3.0, true);
        JsonNode document = new ObjectMapper().readTree(BenchmarkSuite.json(List.of(figure)));
        JsonNode first = document.path("benchmarks").path(0);
        assertThat(first.fieldNames())
                .toIterable()
                .containsExactly("name", "figure", "unit", "target", "ratio_to", "ratio", "met");
        assertThat(first.path("ratio_to").asText()).isEqualTo("b");
    }

    @Test
    void encode_everyPath_writesTheSameBlock() throws Exception {
        EncodeBenchmark benchmark = new EncodeBenchmark();
        benchmark.buildMessage();
        int length = benchmark.dharaBulk();
        assertThat(length).isEqualTo(9 + IntFeatures.COUNT * 4);
        assertThat(benchmark.dharaBySequence()).isEqualTo(length);
        assertThat(benchmark.dharaBulkZstd()).isLessThan(length);
        assertThat(benchmark.rawByteBuffer()).isEqualTo(IntFeatures.COUNT * 4);
        assertThat(benchmark.protobufSerialise())
                .isEqualTo(benchmark.protobufBuildAndSerialise())
                .isPositive();
    }

    @Test
    void readOne_everyPath_readsTheSameFeature() throws Exception {
        ReadOneFeatureBenchmark dhara = new ReadOneFeatureBenchmark();
        ReadOneFeatureBenchmark protobuf = new ReadOneFeatureBenchmark();
        ReadOneFeatureBenchmark raw = new ReadOneFeatureBenchmark();
        dhara.encode();
        protobuf.encode();
        raw.encode();
        for (int i = 0; i < IntFeatures.COUNT; i++) {
            long value = dhara.dhara();
            assertThat(protobuf.protobufParse()).isEqualTo((int) value);
            assertThat(raw.rawByteBuffer()).isEqualTo((int) value);
        }
    }
}
