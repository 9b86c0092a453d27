package io.dhara.k8s;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks a fabric8 object for fields its model did not know. */
final class AdditionalProperties {
    private AdditionalProperties() {}

    static void walk(@Nullable Object node, String path, List<String> unknown) {
        if (node instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                walk(list.get(i), path + "[" + i + "]", unknown);
            }
        } else if (node != null
                && node.getClass().getName().startsWith("io.fabric8.kubernetes.api.model")) {
            for (Method method : node.getClass().getMethods()) {
                if (method.getName().equals("getAdditionalProperties")) {
                    ((Map<?, ?>) call(method, node))
                            .keySet()
                            .forEach(k -> unknown.add(path + "." + k));
                } else if (method.getName().startsWith("get")
                        && method.getParameterCount() == 0
                        && !method.getName().equals("getClass")) {
                    walk(call(method, node), path + "." + method.getName().substring(3), unknown);
                }
            }
        }
    }

    private static @Nullable Object call(Method method, Object node) {
        try {
            return method.invoke(node);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + method, e);
        }
    }
}
