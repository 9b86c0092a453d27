package io.dhara.stores.key;

import io.dhara.core.model.EntityKey;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Partition keys of entities: one text column per key value, in key sequence order, all in the
 * partition key. A value needs no escaping there.
 */
public final class ScyllaKeys {
    /** The server's limit of one key column, in bytes of UTF-8. */
    public static final int MAX_VALUE_BYTES = 65_535;

    private static final int MAX_UTF8_BYTES_PER_CHAR = 3;

    private ScyllaKeys() {}

    /**
     * Why the server would not take this key, or the empty text when it would: a key of one column
     * must not be empty, and no value may be longer than {@value #MAX_VALUE_BYTES} bytes.
     */
    public static String problem(EntityKey key) {
        List<String> values = key.values();
        if (values.size() == 1 && values.get(0).isEmpty()) {
            return "the only key value of entity " + key.entity() + " is empty";
        }
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            if (value.length() > MAX_VALUE_BYTES / MAX_UTF8_BYTES_PER_CHAR
                    && value.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_BYTES) {
                return "key value "
                        + i
                        + " of entity "
                        + key.entity()
                        + " is longer than "
                        + MAX_VALUE_BYTES
                        + " bytes";
            }
        }
        return "";
    }
}
