package io.dhara.graph;

import io.dhara.core.model.DataType;
import java.util.List;

/**
 * Asks a model server for scores.
 *
 * @param protocol how the server is spoken to
 * @param targets where the traffic goes; their shares sum to 100
 * @param shadows models that are asked too and whose answers are thrown away and logged
 * @param batchSize most rows of one request
 * @param calibration name of the calibration handed to the model, or empty
 */
public record ModelNode(
        Head head,
        Protocol protocol,
        List<Target> targets,
        List<Target> shadows,
        int batchSize,
        String calibration,
        List<Input> inputs,
        List<Output> outputs)
        implements GraphNode {
    public ModelNode {
        targets = List.copyOf(targets);
        shadows = List.copyOf(shadows);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** How a model server is spoken to. */
    public enum Protocol {
        /** {@code inference.GRPCInferenceService/ModelInfer}. */
        OPEN_INFERENCE_GRPC,
        /** {@code POST /invocations} with the open inference protocol's JSON. */
        HTTP_INVOCATIONS
    }

    /**
     * @param endpoint {@code host:port}, or an http or https URL for {@link
     *     Protocol#HTTP_INVOCATIONS}
     * @param model name on that server
     * @param version on that server; empty for the server's choice
     * @param percent share of the calls, 0 to 100. For a shadow: of the calls that ask it too
     */
    public record Target(String endpoint, String model, String version, int percent) {}

    /**
     * One tensor sent.
     *
     * @param type of its elements; a scalar type
     * @param shape of one row, such as {@code [3]}
     * @param columns indices of the columns laid side by side, vectors element by element; their
     *     elements sum to the product of the shape
     */
    public record Input(String name, DataType type, int[] shape, int[] columns) {}

    /**
     * One tensor received.
     *
     * @param type of its elements; a scalar type
     * @param scores the columns cut from it, in order; their elements sum to a row of the tensor
     */
    public record Output(String name, DataType type, List<Score> scores) {
        public Output {
            scores = List.copyOf(scores);
        }
    }

    /**
     * @param column index of the column
     * @param elements of it
     */
    public record Score(int column, int elements) {}

    @Override
    public String kind() {
        return "model";
    }
}
