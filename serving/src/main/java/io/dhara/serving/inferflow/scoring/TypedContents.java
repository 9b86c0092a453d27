package io.dhara.serving.inferflow.scoring;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Elements;
import io.dhara.core.psdb.LittleEndian;
import io.dhara.proto.inference.InferTensorContents;
import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;

/** Typed contents of a tensor as raw ones. */
final class TypedContents {
    private TypedContents() {}

    /**
     * @throws RemoteCallException for a type that the protocol sends raw only
     */
    static byte[] raw(DataType type, InferTensorContents contents) {
        return switch (type) {
            case BOOL -> bools(contents);
            case INT8, INT16, INT32 -> integers(type, contents.getIntContentsCount(), contents);
            case UINT8, UINT16, UINT32 -> integers(type, contents.getUintContentsCount(), contents);
            case INT64 -> {
                byte[] raw = new byte[contents.getInt64ContentsCount() * Long.BYTES];
                for (int i = 0; i < contents.getInt64ContentsCount(); i++) {
                    LittleEndian.put64(raw, i * Long.BYTES, contents.getInt64Contents(i));
                }
                yield raw;
            }
            case UINT64 -> {
                byte[] raw = new byte[contents.getUint64ContentsCount() * Long.BYTES];
                for (int i = 0; i < contents.getUint64ContentsCount(); i++) {
                    LittleEndian.put64(raw, i * Long.BYTES, contents.getUint64Contents(i));
                }
                yield raw;
            }
            case FP32 -> {
                byte[] raw = new byte[contents.getFp32ContentsCount() * Float.BYTES];
                for (int i = 0; i < contents.getFp32ContentsCount(); i++) {
                    Elements.write(type, raw, i * Float.BYTES, contents.getFp32Contents(i));
                }
                yield raw;
            }
            case FP64 -> {
                byte[] raw = new byte[contents.getFp64ContentsCount() * Double.BYTES];
                for (int i = 0; i < contents.getFp64ContentsCount(); i++) {
                    Elements.write(type, raw, i * Double.BYTES, contents.getFp64Contents(i));
                }
                yield raw;
            }
            case STRING -> strings(contents);
            default ->
                    throw new RemoteCallException(
                            Kind.WRONG_ANSWER,
                            "answered " + Tensor.nameOf(type) + " without raw contents");
        };
    }

    private static byte[] bools(InferTensorContents contents) {
        byte[] raw = new byte[contents.getBoolContentsCount()];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) (contents.getBoolContents(i) ? 1 : 0);
        }
        return raw;
    }

    private static byte[] integers(DataType type, int count, InferTensorContents contents) {
        int width = Elements.width(type);
        byte[] raw = new byte[count * width];
        for (int i = 0; i < count; i++) {
            int value =
                    type.kind() == DataType.Kind.INT
                            ? contents.getIntContents(i)
                            : contents.getUintContents(i);
            switch (width) {
                case 1 -> raw[i] = (byte) value;
                case 2 -> LittleEndian.put16(raw, i * width, value);
                default -> LittleEndian.put32(raw, i * width, value);
            }
        }
        return raw;
    }

    private static byte[] strings(InferTensorContents contents) {
        int size = 0;
        for (int i = 0; i < contents.getBytesContentsCount(); i++) {
            size += Tensor.STRING_LENGTH_BYTES + contents.getBytesContents(i).size();
        }
        byte[] raw = new byte[size];
        int at = 0;
        for (int i = 0; i < contents.getBytesContentsCount(); i++) {
            int length = contents.getBytesContents(i).size();
            LittleEndian.put32(raw, at, length);
            contents.getBytesContents(i).copyTo(raw, at + Tensor.STRING_LENGTH_BYTES);
            at += Tensor.STRING_LENGTH_BYTES + length;
        }
        return raw;
    }
}
