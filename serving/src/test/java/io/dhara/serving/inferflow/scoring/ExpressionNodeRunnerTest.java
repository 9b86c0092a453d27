package io.dhara.serving.inferflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.expression.Expression;
import io.dhara.graph.expression.ExpressionException;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.NodeCall;
import io.dhara.serving.inferflow.NodeResult;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ExpressionNodeRunnerTest {
    private final Plans plans =
            new Plans()
                    .input("a", DataType.FP32)
                    .input("b", DataType.INT32)
                    .score("s", DataType.FP32);

    private record Scripted(Function<List<Object>, Object> evaluation) implements Expression {
        @Override
        public String text() {
            return "scripted";
        }

        @Override
        public List<Variable> variables() {
            return List.of(
                    new Variable("a", 0, DataType.FP32), new Variable("b", 1, DataType.INT32));
        }

        @Override
        public DataType result() {
            return DataType.FP64;
        }

        @Override
        public Object evaluate(List<Object> values) {
            return evaluation.apply(values);
        }
    }

    private NodeResult run(FeatureMatrix matrix, Function<List<Object>, Object> evaluation) {
        ExpressionNode node =
                new ExpressionNode(
                        plans.head("e", List.of("a", "b"), List.of("s")),
                        new Scripted(evaluation),
                        2);
        NodeCall call =
                Plans.call(plans.plan(null, "s"), matrix.rows(), "", Instant.now().plusSeconds(20));
        return new ExpressionNodeRunner().run(node, matrix, call).toCompletableFuture().join();
    }

    private FeatureMatrix matrix() {
        FeatureMatrix matrix = plans.matrix(3);
        for (int row = 0; row < 3; row++) {
            matrix.put(0, row, Plans.bytes(DataType.FP32, 0.5), CellStatus.PRESENT);
            matrix.put(1, row, Plans.bytes(DataType.INT32, row + 1), CellStatus.PRESENT);
        }
        matrix.fallBack(1, 2, CellStatus.STORE_ERROR);
        return matrix;
    }

    @Test
    void run_rowWithoutAnInput_isComputedFromTheFallbackAndNeverPresent() {
        FeatureMatrix matrix = matrix();

        NodeResult result = run(matrix, values -> (Double) values.get(0) * (Double) values.get(1));

        assertThat(result).isEqualTo(NodeResult.ok(3));
        assertThat(matrix.text(2, 0)).isEqualTo("0.5");
        assertThat(matrix.text(2, 1)).isEqualTo("1");
        assertThat(matrix.status(2, 1)).isEqualTo(CellStatus.PRESENT);
        assertThat(matrix.text(2, 2)).isEqualTo("0");
        assertThat(matrix.status(2, 2)).isEqualTo(CellStatus.DEFAULT);
    }

    @Test
    void run_rowWhoseScoreFailed_isNotComputed() {
        Plans scored =
                new Plans()
                        .score("a", DataType.FP32)
                        .input("b", DataType.INT32)
                        .score("s", DataType.FP32);
        FeatureMatrix matrix = scored.matrix(2);
        for (int row = 0; row < 2; row++) {
            matrix.put(0, row, Plans.bytes(DataType.FP32, 0.5), CellStatus.PRESENT);
            matrix.put(1, row, Plans.bytes(DataType.INT32, 4), CellStatus.PRESENT);
        }
        matrix.fallBack(0, 1, CellStatus.NODE_FAILED);

        NodeResult result = run(matrix, values -> (Double) values.get(0) * (Double) values.get(1));

        assertThat(result.outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(result.message()).contains("a score that this one is built on failed");
        assertThat(matrix.text(2, 0)).isEqualTo("2");
        assertThat(matrix.status(2, 1)).isEqualTo(CellStatus.NODE_FAILED);
    }

    @Test
    void run_rowForWhichItHasNoValue_failsThatRowAlone() {
        FeatureMatrix matrix = matrix();

        NodeResult result =
                run(
                        matrix,
                        values -> {
                            if ((Double) values.get(1) == 2) {
                                throw new ExpressionException("index 2 out of range");
                            }
                            return true;
                        });

        assertThat(result.outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(result.message()).isEqualTo("1 of 3 rows: index 2 out of range");
        assertThat(matrix.status(2, 1)).isEqualTo(CellStatus.NODE_FAILED);
        assertThat(matrix.text(2, 0)).isEqualTo("1");
    }

    @Test
    void run_resultsThatTheColumnCannotHold_failTheirRows() {
        assertThat(run(matrix(), values -> "x").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(run(matrix(), values -> List.of(1.0, 2.0)).outcome()).isEqualTo(Outcome.FAILED);
        FeatureMatrix matrix = matrix();
        assertThat(run(matrix, values -> "2.5").outcome()).isEqualTo(Outcome.OK);
        assertThat(matrix.text(2, 0)).isEqualTo("2.5");
    }
}
