package io.dhara.graph.expression;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import java.util.ArrayList;
import java.util.List;

/** What expressions over features need and the language lacks. All are pure. */
final class NumberFunctions {
    private static final CelType NUMBERS = ListType.create(SimpleType.DOUBLE);

    private record Unary(String name, CelFunctionOverload.Unary<Double> function) {}

    private record Binary(String name, CelFunctionOverload.Binary<Double, Double> function) {}

    private static final List<Unary> UNARY =
            List.of(
                    new Unary("exp", Math::exp),
                    new Unary("log", Math::log),
                    new Unary("log1p", Math::log1p),
                    new Unary("sqrt", Math::sqrt),
                    new Unary("abs", Math::abs),
                    new Unary("sigmoid", x -> 1 / (1 + Math.exp(-x))));
    private static final List<Binary> BINARY =
            List.of(
                    new Binary("min", Math::min),
                    new Binary("max", Math::max),
                    new Binary("pow", Math::pow));

    private NumberFunctions() {}

    static List<CelFunctionDecl> declarations() {
        List<CelFunctionDecl> declarations = new ArrayList<>();
        for (Unary unary : UNARY) {
            declarations.add(declaration(unary.name(), SimpleType.DOUBLE));
        }
        for (Binary binary : BINARY) {
            declarations.add(declaration(binary.name(), SimpleType.DOUBLE, SimpleType.DOUBLE));
        }
        declarations.add(declaration("sum", NUMBERS));
        declarations.add(declaration("dot", NUMBERS, NUMBERS));
        return declarations;
    }

    static List<CelFunctionBinding> bindings() {
        List<CelFunctionBinding> bindings = new ArrayList<>();
        for (Unary unary : UNARY) {
            bindings.addAll(
                    CelFunctionBinding.fromOverloads(
                            unary.name(),
                            CelFunctionBinding.from(
                                    overload(unary.name()), Double.class, unary.function())));
        }
        for (Binary binary : BINARY) {
            bindings.addAll(
                    CelFunctionBinding.fromOverloads(
                            binary.name(),
                            CelFunctionBinding.from(
                                    overload(binary.name()),
                                    Double.class,
                                    Double.class,
                                    binary.function())));
        }
        bindings.addAll(
                CelFunctionBinding.fromOverloads(
                        "sum",
                        CelFunctionBinding.from(overload("sum"), List.class, list -> sum(list))));
        bindings.addAll(
                CelFunctionBinding.fromOverloads(
                        "dot",
                        CelFunctionBinding.from(
                                overload("dot"), List.class, List.class, NumberFunctions::dot)));
        return bindings;
    }

    private static CelFunctionDecl declaration(String name, CelType... arguments) {
        return CelFunctionDecl.newFunctionDeclaration(
                name,
                CelOverloadDecl.newGlobalOverload(
                        overload(name), SimpleType.DOUBLE, List.of(arguments)));
    }

    private static String overload(String name) {
        return "dhara_" + name;
    }

    private static double sum(List<?> numbers) {
        double sum = 0;
        for (Object number : numbers) {
            sum += ((Number) number).doubleValue();
        }
        return sum;
    }

    private static double dot(List<?> left, List<?> right) throws CelEvaluationException {
        if (left.size() != right.size()) {
            throw new CelEvaluationException(
                    "dot needs two vectors of one length: got "
                            + left.size()
                            + " and "
                            + right.size());
        }
        double sum = 0;
        for (int i = 0; i < left.size(); i++) {
            sum += ((Number) left.get(i)).doubleValue() * ((Number) right.get(i)).doubleValue();
        }
        return sum;
    }
}
