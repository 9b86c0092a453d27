package io.dhara.graph.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelMutableAst;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.Operator;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.dhara.core.model.DataType;
import io.dhara.graph.expression.Expression.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Compiles texts of Google's Common Expression Language. Every number is a double, literals too, so
 * that {@code clicks / 2} needs no point. There are no macros, hence no loops: the work of an
 * evaluation is bounded by the length of the text and of the vectors it reads. Nothing outside the
 * variables can be read and nothing can be changed. Stateless, thread-safe.
 */
public final class ExpressionCompiler {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Set<String> RESERVED =
            Set.of(
                    "as",
                    "break",
                    "const",
                    "continue",
                    "else",
                    "false",
                    "for",
                    "function",
                    "if",
                    "import",
                    "in",
                    "let",
                    "loop",
                    "namespace",
                    "null",
                    "package",
                    "return",
                    "true",
                    "var",
                    "void",
                    "while",
                    "math");
    private static final CelOptions OPTIONS =
            CelOptions.current().enableHeterogeneousNumericComparisons(true).build();
    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.plannerRuntimeBuilder()
                    .setOptions(OPTIONS)
                    .addLibraries(CelExtensions.math())
                    .addFunctionBindings(NumberFunctions.bindings())
                    .build();
    private static final List<CelFunctionDecl> FUNCTIONS = NumberFunctions.declarations();

    private ExpressionCompiler() {}

    /** Whether a column's name can stand in a text as it is. */
    public static boolean isVariableName(String name) {
        return IDENTIFIER.matcher(name).matches() && !RESERVED.contains(name);
    }

    /**
     * Parses and checks.
     *
     * @param offered what the text may name; the expression keeps those that it does
     * @throws ExpressionException saying what is wrong and where
     */
    public static Expression compile(String text, Map<String, Variable> offered) {
        CelCompilerBuilder builder =
                CelCompilerFactory.standardCelCompilerBuilder()
                        .setOptions(OPTIONS)
                        .setStandardMacros()
                        .addLibraries(CelExtensions.math())
                        .addFunctionDeclarations(FUNCTIONS);
        offered.forEach((name, variable) -> builder.addVar(name, typeOf(variable.type())));
        try {
            CelCompiler compiler = builder.build();
            CelValidationResult parsed = compiler.parse(text);
            CelMutableAst ast = CelMutableAst.fromCelAst(parsed.getAst());
            Map<String, Variable> used = new LinkedHashMap<>();
            adapt(ast.expr(), offered, used);
            CelAbstractSyntaxTree checked = compiler.check(ast.toParsedAst()).getAst();
            DataType result = resultOf(text, checked.getResultType());
            List<Variable> variables = new ArrayList<>(used.values());
            return new CelExpression(text, variables, result, RUNTIME.createProgram(checked));
        } catch (CelValidationException e) {
            throw new ExpressionException(problems(e), e);
        } catch (CelEvaluationException | IllegalArgumentException e) {
            throw new ExpressionException("cannot be compiled: " + e.getMessage(), e);
        }
    }

    /** Makes whole numbers doubles, but for places in a list, and notes the names. */
    private static void adapt(
            CelMutableExpr expr, Map<String, Variable> offered, Map<String, Variable> used) {
        switch (expr.getKind()) {
            case CONSTANT -> {
                CelConstant constant = expr.constant();
                if (constant.getKind() == CelConstant.Kind.INT64_VALUE) {
                    expr.setConstant(CelConstant.ofValue((double) constant.int64Value()));
                }
            }
            case IDENT -> {
                Variable variable = offered.get(expr.ident().name());
                if (variable != null) {
                    used.putIfAbsent(variable.name(), variable);
                }
            }
            case SELECT -> adapt(expr.select().operand(), offered, used);
            case LIST -> expr.list().elements().forEach(each -> adapt(each, offered, used));
            case CALL -> {
                CelMutableExpr.CelMutableCall call = expr.call();
                call.target().ifPresent(target -> adapt(target, offered, used));
                boolean index = call.function().equals(Operator.INDEX.getFunction());
                for (int i = 0; i < call.args().size(); i++) {
                    CelMutableExpr arg = call.args().get(i);
                    boolean place =
                            index && i == 1 && arg.getKind() == CelExpr.ExprKind.Kind.CONSTANT;
                    if (!place) {
                        adapt(arg, offered, used);
                    }
                }
            }
            case MAP, STRUCT, COMPREHENSION, NOT_SET ->
                    throw new ExpressionException(
                            "has a map, message or loop, of which expressions here have none");
        }
    }

    private static CelType typeOf(DataType type) {
        CelType element =
                switch (type.kind()) {
                    case FLOAT, INT, UINT -> SimpleType.DOUBLE;
                    case BOOL -> SimpleType.BOOL;
                    case STRING -> SimpleType.STRING;
                };
        return type.isVector() ? ListType.create(element) : element;
    }

    private static DataType resultOf(String text, CelType type) {
        if (type.equals(SimpleType.DOUBLE) || type.equals(SimpleType.INT)) {
            return DataType.FP64;
        }
        if (type.equals(SimpleType.BOOL)) {
            return DataType.BOOL;
        }
        if (type.equals(SimpleType.STRING)) {
            return DataType.STRING;
        }
        if (type.equals(ListType.create(SimpleType.DOUBLE))) {
            return DataType.FP64_VECTOR;
        }
        throw new ExpressionException(
                "gives "
                        + type.name()
                        + ": an expression gives a number, a bool, a string or a list of numbers: "
                        + text);
    }

    private static String problems(CelValidationException refused) {
        return String.join(
                "; ",
                refused.getErrors().stream()
                        .map(
                                issue ->
                                        issue.getMessage().replaceAll("\\s+", " ")
                                                + " at column "
                                                + (issue.getSourceLocation().getColumn() + 1))
                        .toList());
    }
}
