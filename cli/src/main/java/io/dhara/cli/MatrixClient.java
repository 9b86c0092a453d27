package io.dhara.cli;

import io.dhara.proto.v1.DescribeModelRequest;
import io.dhara.proto.v1.DescribeModelResponse;
import io.dhara.proto.v1.InputColumn;
import io.dhara.proto.v1.MatrixGrpc;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks serving for matrices and for what makes them. */
final class MatrixClient {
    @Mixin private StackOptions stack;
    @Mixin private ServingClient client;

    @Option(
            names = "--ids",
            arity = "1..*",
            paramLabel = "INPUT=V[,V...]",
            description =
                    "Values of an input; one for every row, or one for all. May be given many times.")
    private Map<String, String> ids = Map.of();

    @Option(
            names = "--deadline",
            defaultValue = "PT5S",
            description = "Longest wait (ISO-8601). Default: 5 s.")
    private Duration deadline;

    boolean hasIds() {
        return !ids.isEmpty();
    }

    String serving() {
        return stack.serving();
    }

    RetrieveMatrixResponse matrix(String model, List<String> columns) {
        RetrieveMatrixRequest.Builder request =
                RetrieveMatrixRequest.newBuilder().setModel(model).addAllColumns(columns);
        ids.forEach(
                (name, values) ->
                        request.addInputs(
                                InputColumn.newBuilder()
                                        .setName(name)
                                        .addAllValues(Arrays.asList(values.split(",", -1)))));
        return call(stub -> stub.retrieveMatrix(request.build()));
    }

    DescribeModelResponse describe(String model) {
        return call(
                stub ->
                        stub.describeModel(
                                DescribeModelRequest.newBuilder().setModel(model).build()));
    }

    private interface Call<T> {
        T make(MatrixGrpc.MatrixBlockingStub stub);
    }

    private <T> T call(Call<T> call) {
        try (ServingClient.Connection connection = client.connect(serving())) {
            return call.make(
                    MatrixGrpc.newBlockingStub(connection.channel())
                            .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            throw ServingClient.failure(serving(), e);
        }
    }
}
