package io.dhara.core.model;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The thirty feature data types of BharatMLStack. A feature group has one; its id is stored in
 * every block, its {@link #wireName()} in etcd and in {@code feature@Type} requests.
 */
public enum DataType {
    FP8_E5M2(1, "FP8E5M2", 1, Kind.FLOAT, false),
    FP8_E4M3(2, "FP8E4M3", 1, Kind.FLOAT, false),
    FP16(3, "FP16", 2, Kind.FLOAT, false),
    FP32(4, "FP32", 4, Kind.FLOAT, false),
    FP64(5, "FP64", 8, Kind.FLOAT, false),
    INT8(6, "Int8", 1, Kind.INT, false),
    INT16(7, "Int16", 2, Kind.INT, false),
    INT32(8, "Int32", 4, Kind.INT, false),
    INT64(9, "Int64", 8, Kind.INT, false),
    UINT8(10, "Uint8", 1, Kind.UINT, false),
    UINT16(11, "Uint16", 2, Kind.UINT, false),
    UINT32(12, "Uint32", 4, Kind.UINT, false),
    UINT64(13, "Uint64", 8, Kind.UINT, false),
    STRING(14, "String", 0, Kind.STRING, false),
    BOOL(15, "Bool", 0, Kind.BOOL, false),
    FP8_E5M2_VECTOR(16, "FP8E5M2Vector", 1, Kind.FLOAT, true),
    FP8_E4M3_VECTOR(17, "FP8E4M3Vector", 1, Kind.FLOAT, true),
    FP16_VECTOR(18, "FP16Vector", 2, Kind.FLOAT, true),
    FP32_VECTOR(19, "FP32Vector", 4, Kind.FLOAT, true),
    FP64_VECTOR(20, "FP64Vector", 8, Kind.FLOAT, true),
    INT8_VECTOR(21, "Int8Vector", 1, Kind.INT, true),
    INT16_VECTOR(22, "Int16Vector", 2, Kind.INT, true),
    INT32_VECTOR(23, "Int32Vector", 4, Kind.INT, true),
    INT64_VECTOR(24, "Int64Vector", 8, Kind.INT, true),
    UINT8_VECTOR(25, "Uint8Vector", 1, Kind.UINT, true),
    UINT16_VECTOR(26, "Uint16Vector", 2, Kind.UINT, true),
    UINT32_VECTOR(27, "Uint32Vector", 4, Kind.UINT, true),
    UINT64_VECTOR(28, "Uint64Vector", 8, Kind.UINT, true),
    STRING_VECTOR(29, "StringVector", 0, Kind.STRING, true),
    BOOL_VECTOR(30, "BoolVector", 0, Kind.BOOL, true);

    /** What an element is, whatever its width. */
    public enum Kind {
        FLOAT,
        INT,
        UINT,
        STRING,
        BOOL
    }

    private static final String PREFIX = "DataType";
    private static final DataType[] BY_ID = new DataType[31];
    private static final Map<String, DataType> BY_NAME =
            Stream.of(values()).collect(Collectors.toMap(DataType::wireName, Function.identity()));

    static {
        for (DataType type : values()) {
            BY_ID[type.id] = type;
        }
    }

    private final int id;
    private final String wireName;
    private final int elementBytes;
    private final Kind kind;
    private final boolean vector;

    DataType(int id, String name, int elementBytes, Kind kind, boolean vector) {
        this.id = id;
        this.wireName = PREFIX + name;
        this.elementBytes = elementBytes;
        this.kind = kind;
        this.vector = vector;
    }

    /** Number in the block header, 1..30. */
    public int id() {
        return id;
    }

    /** Name in etcd and requests, for example {@code DataTypeFP32}. */
    public String wireName() {
        return wireName;
    }

    /** Bytes of one element; 0 for strings (variable) and bools (bits). */
    public int elementBytes() {
        return elementBytes;
    }

    public Kind kind() {
        return kind;
    }

    public boolean isVector() {
        return vector;
    }

    /** The type of one element: itself for a scalar. */
    public DataType scalar() {
        return vector ? BY_ID[id - 15] : this;
    }

    /** The type with this id, or empty for an id outside 1..30. */
    public static Optional<DataType> ofId(int id) {
        return id < 1 || id > 30 ? Optional.empty() : Optional.of(BY_ID[id]);
    }

    /** The type with exactly this wire name. */
    public static Optional<DataType> ofWireName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
