package io.dhara.serving.inferflow.scoring;

import java.util.List;

/**
 * One batch for one model.
 *
 * @param version empty for the server's choice
 * @param id for the server's logs; may be empty
 * @param calibration handed over as the parameter {@code calibration}, unless empty
 * @param outputs names of the tensors wanted
 */
record ModelRequest(
        String model,
        String version,
        String id,
        String calibration,
        List<Tensor> inputs,
        List<String> outputs) {
    static final String CALIBRATION = "calibration";

    ModelRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The same rows for another model. */
    ModelRequest to(String otherModel, String otherVersion) {
        return new ModelRequest(otherModel, otherVersion, id, calibration, inputs, outputs);
    }
}
