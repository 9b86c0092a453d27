package io.dhara.graph.expression;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.dhara.core.model.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A checked text of the Common Expression Language. Immutable. */
final class CelExpression implements Expression {
    private final String text;
    private final List<Variable> variables;
    private final String[] names;
    private final DataType result;
    private final CelRuntime.Program program;

    CelExpression(
            String text, List<Variable> variables, DataType result, CelRuntime.Program program) {
        this.text = text;
        this.variables = List.copyOf(variables);
        this.names = variables.stream().map(Variable::name).toArray(String[]::new);
        this.result = result;
        this.program = program;
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public List<Variable> variables() {
        return variables;
    }

    @Override
    public DataType result() {
        return result;
    }

    @Override
    public Object evaluate(List<Object> values) {
        CelVariableResolver resolver = name -> value(name, values);
        try {
            return plain(program.eval(resolver));
        } catch (CelEvaluationException e) {
            throw new ExpressionException(text + " has no value: " + e.getMessage(), e);
        }
    }

    private Optional<Object> value(String name, List<Object> values) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return Optional.of(values.get(i));
            }
        }
        return Optional.empty();
    }

    private static Object plain(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof List<?> list) {
            List<Double> numbers = new ArrayList<>(list.size());
            list.forEach(each -> numbers.add(((Number) each).doubleValue()));
            return numbers;
        }
        return value;
    }

    @Override
    public String toString() {
        return text;
    }
}
