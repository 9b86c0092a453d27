package io.dhara.stores.etcd;

import java.util.ArrayList;
import java.util.List;

/**
 * Typed reading of one struct in the tree. Missing and malformed fields are collected, so that a
 * struct in the middle of being written key by key is told as a whole from a complete one.
 */
final class EtcdFields {
    private final EtcdNode node;
    private final List<String> missing = new ArrayList<>();
    private final List<String> malformed = new ArrayList<>();

    EtcdFields(EtcdNode node) {
        this.node = node;
    }

    String text(String name) {
        return node.text(name);
    }

    /** Must be there: one key at a time, a struct is complete only when all of these are. */
    String required(String name) {
        String text = node.text(name);
        if (text.isEmpty()) {
            missing.add(name);
        }
        return text;
    }

    /** As {@link #required}, except that a field left out of a JSON object is zero, as in Go. */
    int requiredInteger(String name) {
        boolean zero = node.isJson() && node.text(name).isEmpty();
        return zero ? 0 : integer(name, required(name));
    }

    boolean requiredBool(String name) {
        boolean zero = node.isJson() && node.text(name).isEmpty();
        return !zero && bool(name, required(name));
    }

    int integer(String name) {
        return integer(name, node.text(name));
    }

    boolean bool(String name) {
        return bool(name, node.text(name));
    }

    void malformed(String problem) {
        malformed.add(problem);
    }

    void missing(String name) {
        missing.add(name);
    }

    /** What is wrong; empty when nothing is. */
    String problem() {
        List<String> all = new ArrayList<>(malformed);
        if (!missing.isEmpty()) {
            all.add("is not complete yet, it lacks " + String.join(", ", missing));
        }
        return String.join("; ", all);
    }

    private int integer(String name, String text) {
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return Integer.parseInt(text.trim());
        } catch (NumberFormatException e) {
            malformed.add(name + " must be a whole number: got " + text);
            return 0;
        }
    }

    private boolean bool(String name, String text) {
        if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
            malformed.add(name + " must be true or false: got " + text);
        }
        return text.equals("true");
    }
}
