package io.dhara.realtime.source;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.realtime.domain.event.FieldType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where the fields that a source wants are in a Protobuf message. */
final class ProtobufFields {
    private ProtobufFields() {}

    /**
     * A message of a descriptor set as {@code protoc --include_imports --descriptor_set_out} writes
     * it.
     *
     * @param message full name
     * @param problems gets why there is none
     */
    static Optional<Descriptor> message(
            byte[] descriptorSet, String message, List<String> problems) {
        try {
            Map<String, FileDescriptor> files = new HashMap<>();
            for (FileDescriptorProto proto :
                    FileDescriptorSet.parseFrom(descriptorSet).getFileList()) {
                files.put(proto.getName(), file(proto, files));
            }
            List<String> names = new ArrayList<>();
            for (FileDescriptor file : files.values()) {
                for (Descriptor type : file.getMessageTypes()) {
                    Optional<Descriptor> found = find(type, message, names);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            problems.add(
                    "message "
                            + message
                            + " is not in the descriptor set, which has "
                            + names.stream().sorted().toList());
        } catch (InvalidProtocolBufferException e) {
            problems.add(
                    "the schema is no descriptor set ("
                            + e.getMessage()
                            + "): write it by protoc --include_imports --descriptor_set_out");
        } catch (DescriptorValidationException e) {
            problems.add(
                    "the descriptor set is not whole ("
                            + e.getMessage()
                            + "): write it by protoc --include_imports --descriptor_set_out");
        }
        return Optional.empty();
    }

    /** Files come after those which they import. */
    private static FileDescriptor file(
            FileDescriptorProto proto, Map<String, FileDescriptor> earlier)
            throws DescriptorValidationException {
        List<FileDescriptor> imports = new ArrayList<>();
        for (String name : proto.getDependencyList()) {
            FileDescriptor file = earlier.get(name);
            if (file != null) {
                imports.add(file);
            }
        }
        return FileDescriptor.buildFrom(proto, imports.toArray(FileDescriptor[]::new));
    }

    private static Optional<Descriptor> find(Descriptor in, String name, List<String> names) {
        names.add(in.getFullName());
        if (in.getFullName().equals(name)) {
            return Optional.of(in);
        }
        for (Descriptor nested : in.getNestedTypes()) {
            Optional<Descriptor> found = find(nested, name, names);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /**
     * The way to each field, in their order.
     *
     * @param problems gets what is wrong, each with the field and the remedy; then the result is of
     *     no use
     */
    static List<List<FieldDescriptor>> paths(
            Descriptor message, Map<String, FieldType> fields, List<String> problems) {
        List<List<FieldDescriptor>> paths = new ArrayList<>();
        fields.forEach((name, type) -> paths.add(path(message, name, type, problems)));
        return paths;
    }

    private static List<FieldDescriptor> path(
            Descriptor message, String name, FieldType type, List<String> problems) {
        List<FieldDescriptor> path = new ArrayList<>();
        Descriptor in = message;
        String[] parts = name.split("\\.", -1);
        for (int i = 0; i < parts.length; i++) {
            FieldDescriptor field = in.findFieldByName(parts[i]);
            boolean last = i == parts.length - 1;
            if (field == null) {
                problems.add(
                        "field "
                                + name
                                + " is not in the descriptor set, whose "
                                + in.getFullName()
                                + " has "
                                + in.getFields().stream().map(FieldDescriptor::getName).toList());
                return path;
            }
            path.add(field);
            if (field.isRepeated() || (last ? !fits(field, type) : !isMessage(field))) {
                problems.add(
                        "field "
                                + name
                                + " must have "
                                + (last ? "a single " + type.text() : "a message")
                                + " at "
                                + field.getFullName()
                                + ": got "
                                + (field.isRepeated() ? "repeated " : "")
                                + field.getType().name().toLowerCase(Locale.ROOT));
                return path;
            }
            if (!last) {
                in = field.getMessageType();
            }
        }
        return path;
    }

    private static boolean isMessage(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    }

    private static boolean fits(FieldDescriptor field, FieldType type) {
        FieldDescriptor.JavaType java = field.getJavaType();
        boolean whole =
                java == FieldDescriptor.JavaType.INT || java == FieldDescriptor.JavaType.LONG;
        return switch (type) {
            case STRING ->
                    java == FieldDescriptor.JavaType.STRING
                            || java == FieldDescriptor.JavaType.ENUM;
            case INT64 -> whole;
            case DOUBLE ->
                    whole
                            || java == FieldDescriptor.JavaType.FLOAT
                            || java == FieldDescriptor.JavaType.DOUBLE;
            case BOOLEAN -> java == FieldDescriptor.JavaType.BOOLEAN;
        };
    }
}
