package io.dhara.serving.feature;

import java.util.List;

/**
 * One group of a read as the caller wrote it.
 *
 * @param label group label; with the Dhara dialect maybe {@code label@vN}
 * @param features labels, each maybe {@code label@Type}; with the Dhara dialect empty means all of
 *     the version, in sequence order
 */
public record GroupRequest(String label, List<String> features) {
    public GroupRequest {
        features = List.copyOf(features);
    }
}
