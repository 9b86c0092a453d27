package io.dhara.graph.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.graph.expression.Expression.Variable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionCompilerTest {
    private static final Map<String, Variable> OFFERED =
            Map.of(
                    "price", new Variable("price", 4, DataType.FP32),
                    "clicks", new Variable("clicks", 5, DataType.INT64),
                    "in_stock", new Variable("in_stock", 6, DataType.BOOL),
                    "city", new Variable("city", 7, DataType.STRING),
                    "taste", new Variable("taste", 8, DataType.FP16_VECTOR));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "clicks / 2 | 1.5",
                "-price + 1 | -9",
                "price > 9 && in_stock ? 1 : 0 | 1",
                "exp(0) + log(1) + log1p(0) + sqrt(4) | 3",
                "sigmoid(0) | 0.5",
                "min(price, 3) + max(1, 2) + pow(2, 3) + abs(-1) | 14",
                "math.ceil(1.2) + math.greatest(1, 5) | 7",
                "taste[1] | 2",
                "sum(taste) + dot(taste, taste) | 8",
                "size(taste) | 2",
                "city == 'pune' ? 7 : 8 | 7",
            })
    void number_isAlwaysADouble(String text, double expected) {
        Expression expression = ExpressionCompiler.compile(text, OFFERED);

        assertThat(expression.result()).isEqualTo(DataType.FP64);
        assertThat(expression.evaluate(values(expression))).isEqualTo(expected);
    }

    @Test
    void otherResults_keepTheirType() {
        assertThat(ExpressionCompiler.compile("price >= 10", OFFERED).result())
                .isEqualTo(DataType.BOOL);
        assertThat(ExpressionCompiler.compile("city + '!'", OFFERED).result())
                .isEqualTo(DataType.STRING);
        Expression list = ExpressionCompiler.compile("[price, clicks]", OFFERED);
        assertThat(list.result()).isEqualTo(DataType.FP64_VECTOR);
        assertThat(list.evaluate(values(list))).isEqualTo(List.of(10.0, 3.0));
    }

    @Test
    void variables_areThoseOfTheText() {
        assertThat(ExpressionCompiler.compile("clicks + price * clicks", OFFERED).variables())
                .containsExactly(OFFERED.get("clicks"), OFFERED.get("price"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "price +",
                "unknown + 1",
                "price + city",
                "[1, 2].map(x, x * x)",
                "taste.all(x, x > 0)",
                "{'a': 1}",
                "exec('ls')",
                "price = 3",
                "timestamp('2026-01-01T00:00:00Z')",
            })
    void text_thatIsNoExpressionOrLoops_isRefused(String text) {
        assertThatThrownBy(() -> ExpressionCompiler.compile(text, OFFERED))
                .isInstanceOf(ExpressionException.class);
    }

    @Test
    void place_outsideAVector_hasNoValue() {
        Expression expression = ExpressionCompiler.compile("taste[5]", OFFERED);

        assertThatThrownBy(() -> expression.evaluate(values(expression)))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("taste[5]");
    }

    private static List<Object> values(Expression expression) {
        Map<String, Object> values =
                Map.of(
                        "price",
                        10.0,
                        "clicks",
                        3.0,
                        "in_stock",
                        true,
                        "city",
                        "pune",
                        "taste",
                        List.of(1.0, 2.0));
        return expression.variables().stream().map(v -> values.get(v.name())).toList();
    }
}
