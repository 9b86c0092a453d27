package io.dhara.core.psdb;

import io.dhara.core.model.DataType;
import io.dhara.core.model.SchemaVersion;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Read view of a block: {@link #wrap} reads the header, {@link #open} makes the features readable
 * by sequence. Reads in place; only compressed payloads are copied, into a buffer of the view.
 *
 * <p>Reusable, for one thread. It keeps the wrapped array until the next {@code wrap}, and what it
 * says is valid as long as those bytes do not change. Nothing is allocated for uncompressed blocks.
 * Malformed bytes fail with {@link PsdbFormatException}, never otherwise.
 */
public final class PsdbBlock {
    private static final byte[] EMPTY = new byte[0];

    private final PayloadInflater inflater = new PayloadInflater();
    private final CRC32C checksum = new CRC32C();

    private byte[] source = EMPTY;
    private int start;
    private int length;
    private int headerLength;
    private int schemaVersion;
    private long expiryEpochSeconds;
    private int layoutVersion;
    private int compression;
    private DataType type = DataType.INT32;
    private DataType.Kind kind = DataType.Kind.INT;
    private long eventTimeMicros;

    private boolean open;
    private SchemaVersion version = NONE;
    private int elementBytes;
    private byte[] payload = EMPTY;
    private int payloadStart;
    private int payloadLength;

    private final StringTable strings = new StringTable();

    private static final SchemaVersion NONE = new SchemaVersion(1, java.util.List.of());

    /**
     * Takes a block and reads its header; in layout 2 also checks its checksum.
     *
     * @return this
     * @throws PsdbFormatException if it is shorter than its header, or layout, compression, type or
     *     checksum are not right
     * @throws IndexOutOfBoundsException if offset and length are not inside {@code src}
     */
    public PsdbBlock wrap(byte[] src, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, src.length);
        open = false;
        int layout = BlockHeader.layout(src, offset, length);
        int compressed = BlockHeader.compression(src, offset);
        DataType typed = BlockHeader.type(src, offset);
        this.source = src;
        this.start = offset;
        this.length = length;
        this.headerLength = PsdbFormat.headerLength(layout);
        this.layoutVersion = layout;
        this.compression = compressed;
        this.type = typed;
        this.kind = type.kind();
        this.schemaVersion = LittleEndian.uint16(src, offset + PsdbFormat.SCHEMA_VERSION_OFFSET);
        this.expiryEpochSeconds = Expiry.read(src, offset + PsdbFormat.EXPIRY_OFFSET);
        this.eventTimeMicros = 0;
        if (layout == PsdbFormat.LAYOUT_2) {
            readLayout2();
        }
        return this;
    }

    /** Version of the feature list by which the block was written. */
    public int schemaVersion() {
        return schemaVersion;
    }

    /** Last second in which the block is valid; 0 when it never expires. */
    public long expiryEpochSeconds() {
        return expiryEpochSeconds;
    }

    /** True when the given instant is strictly after the expiry. */
    public boolean isExpiredAt(long nowMillis) {
        return expiryEpochSeconds != Expiry.NEVER && nowMillis > expiryEpochSeconds * 1000;
    }

    public DataType dataType() {
        return type;
    }

    public int layoutVersion() {
        return layoutVersion;
    }

    public boolean isCompressed() {
        return compression != PsdbFormat.COMPRESSION_NONE;
    }

    /** Epoch microseconds; 0 in layout 1, which has none. */
    public long eventTimeMicros() {
        return eventTimeMicros;
    }

    /**
     * Makes the features readable: decompresses if needed and checks all sizes.
     *
     * @param version the version of {@link #schemaVersion()}
     * @return this
     * @throws PsdbFormatException if the payload does not fit that version
     * @throws IllegalArgumentException if it is another version
     */
    public PsdbBlock open(SchemaVersion version) {
        if (version.version() != schemaVersion) {
            throw new IllegalArgumentException(
                    "block has schema version "
                            + schemaVersion
                            + ", cannot be read by version "
                            + version.version());
        }
        this.version = version;
        this.elementBytes = type.elementBytes();
        int elements = BlockPlan.elementsOf(type, version);
        if (kind == DataType.Kind.STRING) {
            usePayload(PsdbFormat.MAX_DECOMPRESSED_LENGTH);
            if (!strings.read(payload, payloadStart, payloadLength, elements)) {
                throw wrongStrings(elements);
            }
        } else {
            long expected =
                    kind == DataType.Kind.BOOL
                            ? PsdbFormat.bytesOfBits(elements)
                            : (long) elements * elementBytes;
            usePayload(Math.min(expected, PsdbFormat.MAX_DECOMPRESSED_LENGTH));
            if (payloadLength != expected) {
                throw wrongPayload(expected);
            }
        }
        open = true;
        return this;
    }

    /** Feature of a scalar int or uint type; uint64 as its 64 bits. */
    public long getLong(int sequence) {
        checkScalar(sequence, integerKind());
        return Numbers.readInteger(type, payload, payloadStart + sequence * elementBytes);
    }

    /** Element of a vector of an int or uint type. */
    public long getLong(int sequence, int index) {
        return Numbers.readInteger(
                type,
                payload,
                payloadStart + element(sequence, index, integerKind()) * elementBytes);
    }

    /** Feature of a scalar float type. */
    public double getDouble(int sequence) {
        checkScalar(sequence, DataType.Kind.FLOAT);
        return Numbers.readFloat(type, payload, payloadStart + sequence * elementBytes);
    }

    /** Element of a vector of a float type. */
    public double getDouble(int sequence, int index) {
        return Numbers.readFloat(
                type,
                payload,
                payloadStart + element(sequence, index, DataType.Kind.FLOAT) * elementBytes);
    }

    /** Feature of type Bool. */
    public boolean getBoolean(int sequence) {
        checkScalar(sequence, DataType.Kind.BOOL);
        return PsdbFormat.bit(payload, payloadStart, sequence);
    }

    /** Element of a vector of bools. */
    public boolean getBoolean(int sequence, int index) {
        return PsdbFormat.bit(payload, payloadStart, element(sequence, index, DataType.Kind.BOOL));
    }

    /** Feature of type String; makes a new String. */
    public String getString(int sequence) {
        checkScalar(sequence, DataType.Kind.STRING);
        return string(sequence);
    }

    /** Element of a vector of strings; makes a new String. */
    public String getString(int sequence, int index) {
        return string(element(sequence, index, DataType.Kind.STRING));
    }

    /** Bytes that {@link #copyFeature} writes. */
    public int featureLength(int sequence) {
        checkSequence(sequence);
        int elements = type.isVector() ? version.vectorLength(sequence) : 1;
        return switch (kind) {
            case BOOL -> elements;
            case FLOAT, INT, UINT -> elements * elementBytes;
            case STRING -> {
                int first = first(sequence);
                int bytes = strings.bytes(first, elements);
                yield type.isVector() ? elements * PsdbFormat.STRING_LENGTH_BYTES + bytes : bytes;
            }
        };
    }

    /**
     * Writes one feature in the form it is served in: numbers little-endian, one byte 0 or 1 per
     * bool, a string as its bytes, a vector of strings as a uint16 length each and then the
     * strings.
     *
     * @return bytes written
     */
    public int copyFeature(int sequence, byte[] dst, int offset) {
        int bytes = featureLength(sequence);
        Objects.checkFromIndexSize(offset, bytes, dst.length);
        int first = first(sequence);
        switch (kind) {
            case BOOL -> {
                for (int i = 0; i < bytes; i++) {
                    boolean bit = PsdbFormat.bit(payload, payloadStart, first + i);
                    dst[offset + i] = (byte) (bit ? 1 : 0);
                }
            }
            case FLOAT, INT, UINT ->
                    System.arraycopy(
                            payload, payloadStart + first * elementBytes, dst, offset, bytes);
            case STRING -> {
                int lengths =
                        type.isVector()
                                ? version.vectorLength(sequence) * PsdbFormat.STRING_LENGTH_BYTES
                                : 0;
                System.arraycopy(
                        payload,
                        payloadStart + first * PsdbFormat.STRING_LENGTH_BYTES,
                        dst,
                        offset,
                        lengths);
                System.arraycopy(
                        payload,
                        payloadStart + strings.start(first),
                        dst,
                        offset + lengths,
                        bytes - lengths);
            }
        }
        return bytes;
    }

    /**
     * Writes neighbouring scalar numbers in one go, as {@link #copyFeature} would one by one.
     *
     * @param count of features from {@code first} on
     * @throws IllegalArgumentException if the type is not a scalar number
     */
    public void copyNumbers(int first, int count, byte[] dst, int offset) {
        checkOpen();
        Objects.checkFromIndexSize(first, count, version.featureCount());
        if (elementBytes == 0 || type.isVector()) {
            throw new IllegalArgumentException(
                    "scalar numbers were asked of a block of " + type.wireName());
        }
        System.arraycopy(
                payload, payloadStart + first * elementBytes, dst, offset, count * elementBytes);
    }

    /** Length of the block with its payload decompressed; the block must be open. */
    public int uncompressedLength() {
        checkOpen();
        return headerLength + payloadLength;
    }

    /**
     * Writes the block with its payload decompressed, the compression bits cleared and otherwise
     * the same header: the form of an in-process cache. The block must be open.
     *
     * @return bytes written
     */
    public int copyUncompressed(byte[] dst, int offset) {
        int bytes = uncompressedLength();
        Objects.checkFromIndexSize(offset, bytes, dst.length);
        System.arraycopy(source, start, dst, offset, headerLength);
        System.arraycopy(payload, payloadStart, dst, offset + headerLength, payloadLength);
        dst[offset + PsdbFormat.LAYOUT_OFFSET] &= (byte) ~PsdbFormat.COMPRESSION_MASK;
        if (layoutVersion == PsdbFormat.LAYOUT_2) {
            BlockHeader.writeLayout2(dst, offset, eventTimeMicros, payloadLength, checksum);
        }
        return bytes;
    }

    private void readLayout2() {
        eventTimeMicros = LittleEndian.int64(source, start + PsdbFormat.EVENT_TIME_OFFSET);
        int stored = LittleEndian.int32(source, start + PsdbFormat.CHECKSUM_OFFSET);
        int computed = BlockHeader.checksum(source, start, length - headerLength, checksum);
        if (stored != computed) {
            throw new PsdbFormatException(
                    PsdbFormat.CHECKSUM_OFFSET,
                    "checksum is 0x"
                            + Integer.toHexString(stored)
                            + ", the bytes give 0x"
                            + Integer.toHexString(computed));
        }
    }

    private void usePayload(long limit) {
        open = false;
        if (compression == PsdbFormat.COMPRESSION_NONE) {
            payload = source;
            payloadStart = start + headerLength;
            payloadLength = length - headerLength;
            return;
        }
        payloadStart = 0;
        payloadLength =
                inflater.inflate(
                        source,
                        start + headerLength,
                        length - headerLength,
                        headerLength,
                        (int) limit);
        payload = inflater.buffer();
    }

    private String string(int element) {
        return new String(
                payload,
                payloadStart + strings.start(element),
                strings.bytes(element, 1),
                StandardCharsets.UTF_8);
    }

    private int first(int sequence) {
        return type.isVector() ? version.vectorStart(sequence) : sequence;
    }

    private int element(int sequence, int index, DataType.Kind wanted) {
        checkSequence(sequence);
        if (kind != wanted || !type.isVector()) {
            throw wrongType("a vector of ", wanted);
        }
        Objects.checkIndex(index, version.vectorLength(sequence));
        return version.vectorStart(sequence) + index;
    }

    private void checkScalar(int sequence, DataType.Kind wanted) {
        checkSequence(sequence);
        if (kind != wanted || type.isVector()) {
            throw wrongType("a single ", wanted);
        }
    }

    /** Both kinds of integers are read the same way. */
    private DataType.Kind integerKind() {
        return kind == DataType.Kind.UINT ? kind : DataType.Kind.INT;
    }

    private IllegalArgumentException wrongType(String shape, DataType.Kind wanted) {
        return new IllegalArgumentException(
                shape + wanted + " was asked of a block of " + type.wireName());
    }

    private void checkSequence(int sequence) {
        checkOpen();
        Objects.checkIndex(sequence, version.featureCount());
    }

    private void checkOpen() {
        if (!open) {
            throw new IllegalStateException("block is not open: call wrap and open first");
        }
    }

    private PsdbFormatException wrongPayload(long expected) {
        return new PsdbFormatException(
                headerLength,
                "payload of "
                        + type.wireName()
                        + " version "
                        + schemaVersion
                        + " needs "
                        + expected
                        + " bytes, has "
                        + payloadLength);
    }

    private PsdbFormatException wrongStrings(int elements) {
        return new PsdbFormatException(
                headerLength,
                "lengths of the "
                        + elements
                        + " strings of version "
                        + schemaVersion
                        + " do not add up to the payload of "
                        + payloadLength
                        + " bytes");
    }
}
