package io.dhara.core.psdb;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.DataType;
import io.dhara.core.model.SchemaVersion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Builds blocks, one after another: {@link #begin}, then values by sequence in any order, then
 * {@link #finish}. A feature that is not put takes its default. Values that would lose data are
 * refused with {@link BlockRefusedException}; after that, begin again.
 *
 * <p>Reusable, for one thread. After warm-up nothing is allocated for types other than strings.
 */
public final class PsdbEncoder {
    private static final int PAYLOAD = PsdbFormat.LAYOUT_2_HEADER_LENGTH;
    private static final int MAX_CACHED_PLANS = 1024;

    private final Map<SchemaVersion, BlockPlan> plans = new IdentityHashMap<>();
    private final ZstdFrames zstd = new ZstdFrames();
    private final CRC32C checksum = new CRC32C();

    private BlockPlan plan;
    private boolean open;
    private DataType type;
    private DataType.Kind kind;
    private int elementBytes;
    private int layoutVersion;
    private long expiryEpochSeconds;
    private long eventTimeMicros;

    /** Room for the longest header, then the payload. */
    private byte[] block = new byte[1024];

    /** The payload's place in {@code block} as ints, for copies of whole arrays. */
    private IntBuffer ints = intsOf(block);

    private byte[] frame = new byte[0];
    private byte[][] strings = new byte[0][];
    private boolean[] given = new boolean[0];

    @SuppressWarnings("NullAway.Init") // begin sets the plan and what follows from it
    public PsdbEncoder() {}

    /**
     * Starts a block in which every feature has its default.
     *
     * @param layoutVersion 1 or 2
     * @param expiryEpochSeconds after this second the block is expired; 0 for never
     * @param eventTimeMicros event time, epoch microseconds, stored by layout 2; 0 for unknown, and
     *     then the distance of the expiry is not checked
     * @throws BlockRefusedException for an unknown layout, an expiry that is not after the event
     *     time or over 513 days after it, or a version whose blocks cannot fit
     */
    public void begin(
            DataType type,
            SchemaVersion version,
            int layoutVersion,
            long expiryEpochSeconds,
            long eventTimeMicros) {
        open = false;
        if (layoutVersion != PsdbFormat.LAYOUT_1 && layoutVersion != PsdbFormat.LAYOUT_2) {
            throw Refusals.layout(layoutVersion);
        }
        checkExpiry(expiryEpochSeconds, eventTimeMicros);
        usePlan(requireNonNull(type, "type is null"), requireNonNull(version, "version is null"));
        this.layoutVersion = layoutVersion;
        this.expiryEpochSeconds = expiryEpochSeconds;
        this.eventTimeMicros = eventTimeMicros;
        if (kind == DataType.Kind.STRING) {
            System.arraycopy(plan.stringTemplate, 0, strings, 0, plan.elements);
        } else {
            System.arraycopy(plan.template, 0, block, PAYLOAD, plan.template.length);
        }
        Arrays.fill(given, 0, plan.count, false);
        open = true;
    }

    /** A feature of a scalar float type; all but FP64 are rounded to FP32 first. */
    public void putDouble(int sequence, double value) {
        checkScalar(sequence, DataType.Kind.FLOAT);
        Numbers.writeFloat(type, block, PAYLOAD + sequence * elementBytes, value);
    }

    /** A feature of a scalar int or uint type; keeps the low bits that fit. */
    public void putLong(int sequence, long value) {
        checkScalar(sequence, kind == DataType.Kind.UINT ? kind : DataType.Kind.INT);
        Numbers.writeInteger(elementBytes, block, PAYLOAD + sequence * elementBytes, value);
    }

    /** A feature of type Bool. */
    public void putBool(int sequence, boolean value) {
        checkScalar(sequence, DataType.Kind.BOOL);
        PsdbFormat.putBit(block, PAYLOAD, sequence, value);
    }

    /** A feature of type String, stored in UTF-8. */
    public void putString(int sequence, String value) {
        putStringBytes(sequence, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A feature of type String.
     *
     * @param utf8 not copied: must not change before {@link #finish}
     */
    public void putStringBytes(int sequence, byte[] utf8) {
        checkScalar(sequence, DataType.Kind.STRING);
        checkStringLength(sequence, utf8.length);
        strings[sequence] = utf8;
    }

    /** Features of scalar type Int32 or Uint32 from this sequence on; the fast way in. */
    public void putInts(int firstSequence, int[] values, int from, int count) {
        checkScalars(firstSequence, count, 4, true);
        ints.put(firstSequence, values, from, count);
    }

    /** A vector of a float type. */
    public void putDoubles(int sequence, double[] values, int from, int count) {
        int at = PAYLOAD + checkVector(sequence, DataType.Kind.FLOAT, count) * elementBytes;
        for (int i = 0; i < count; i++) {
            Numbers.writeFloat(type, block, at + i * elementBytes, values[from + i]);
        }
    }

    /** A vector of an int or uint type. */
    public void putLongs(int sequence, long[] values, int from, int count) {
        DataType.Kind wanted = kind == DataType.Kind.UINT ? kind : DataType.Kind.INT;
        int at = PAYLOAD + checkVector(sequence, wanted, count) * elementBytes;
        for (int i = 0; i < count; i++) {
            Numbers.writeInteger(elementBytes, block, at + i * elementBytes, values[from + i]);
        }
    }

    /** A vector of bools. */
    public void putBools(int sequence, boolean[] values, int from, int count) {
        int start = checkVector(sequence, DataType.Kind.BOOL, count);
        for (int i = 0; i < count; i++) {
            PsdbFormat.putBit(block, PAYLOAD, start + i, values[from + i]);
        }
    }

    /** A vector of strings, stored in UTF-8. */
    public void putStrings(int sequence, List<String> values) {
        int start = checkVector(sequence, DataType.Kind.STRING, values.size());
        for (int i = 0; i < values.size(); i++) {
            byte[] utf8 = values.get(i).getBytes(StandardCharsets.UTF_8);
            checkStringLength(sequence, utf8.length);
            strings[start + i] = utf8;
        }
    }

    /**
     * Ends the block and writes it.
     *
     * @param compress take a zstd frame instead of the payload if it is shorter
     * @return length of the block
     * @throws BlockRefusedException if a feature is missing without a default or the block is too
     *     long
     * @throws IndexOutOfBoundsException if {@code dst} has no room for it; nothing is written
     */
    public int finish(byte[] dst, int offset, boolean compress) {
        int length = seal(compress);
        System.arraycopy(
                block, PAYLOAD - PsdbFormat.headerLength(layoutVersion), dst, offset, length);
        return length;
    }

    /** Ends the block and returns it in an array of its own; see {@link #finish}. */
    public byte[] toBlock(boolean compress) {
        int length = seal(compress);
        int start = PAYLOAD - PsdbFormat.headerLength(layoutVersion);
        return Arrays.copyOfRange(block, start, start + length);
    }

    private int seal(boolean compress) {
        checkOpen();
        plan.checkAllGiven(given);
        open = false;
        int headerLength = PsdbFormat.headerLength(layoutVersion);
        int payload =
                kind == DataType.Kind.STRING ? joinStrings(headerLength) : plan.template.length;
        checkBlockLength(headerLength + payload);
        int compression = PsdbFormat.COMPRESSION_NONE;
        if (compress && payload > 0) {
            int compressed = compressPayload(payload);
            if (compressed < payload) {
                payload = compressed;
                compression = PsdbFormat.COMPRESSION_ZSTD;
            }
        }
        int start = PAYLOAD - headerLength;
        int lastBit = kind == DataType.Kind.BOOL ? PsdbFormat.lastBit(plan.elements) : 0;
        BlockHeader.write(
                block,
                start,
                plan.version.version(),
                expiryEpochSeconds,
                PsdbFormat.layoutByte(layoutVersion, compression, type.id()),
                PsdbFormat.typeByte(type.id(), lastBit));
        if (layoutVersion == PsdbFormat.LAYOUT_2) {
            BlockHeader.writeLayout2(block, start, eventTimeMicros, payload, checksum);
        }
        return headerLength + payload;
    }

    private int compressPayload(int payload) {
        int bound = ZstdFrames.bound(payload);
        if (frame.length < bound) {
            frame = new byte[bound];
        }
        int compressed = zstd.compress(block, PAYLOAD, payload, frame);
        if (compressed < payload) {
            System.arraycopy(frame, 0, block, PAYLOAD, compressed);
        }
        return compressed;
    }

    private int joinStrings(int headerLength) {
        long length = (long) plan.elements * PsdbFormat.STRING_LENGTH_BYTES;
        for (int i = 0; i < plan.elements; i++) {
            length += strings[i].length;
        }
        checkBlockLength(headerLength + length);
        ensureRoom((int) length);
        int at = PAYLOAD + plan.elements * PsdbFormat.STRING_LENGTH_BYTES;
        for (int i = 0; i < plan.elements; i++) {
            byte[] string = strings[i];
            LittleEndian.put16(block, PAYLOAD + i * PsdbFormat.STRING_LENGTH_BYTES, string.length);
            System.arraycopy(string, 0, block, at, string.length);
            at += string.length;
        }
        return (int) length;
    }

    private void usePlan(DataType type, SchemaVersion version) {
        if (plan != null && plan.version == version && plan.type == type) {
            return;
        }
        BlockPlan known = plans.get(version);
        if (known == null || known.type != type) {
            if (plans.size() >= MAX_CACHED_PLANS) {
                plans.clear();
            }
            known = new BlockPlan(type, version);
            plans.put(version, known);
        }
        plan = known;
        this.type = type;
        this.kind = type.kind();
        this.elementBytes = type.elementBytes();
        ensureRoom(known.template.length);
        if (given.length < known.count) {
            given = new boolean[known.count];
        }
        if (strings.length < known.stringTemplate.length) {
            strings = new byte[known.stringTemplate.length][];
        }
    }

    private void ensureRoom(int payload) {
        if (block.length < PAYLOAD + payload) {
            block = Arrays.copyOf(block, Math.max(PAYLOAD + payload, block.length * 2));
            ints = intsOf(block);
        }
    }

    private static IntBuffer intsOf(byte[] block) {
        return ByteBuffer.wrap(block, PAYLOAD, block.length - PAYLOAD)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer();
    }

    private void checkScalar(int sequence, DataType.Kind wanted) {
        checkOpen();
        if (kind != wanted || type.isVector()) {
            throw Refusals.wrongType(type, wanted, false);
        }
        checkSequence(sequence);
        given[sequence] = true;
    }

    private void checkScalars(int first, int count, int bytes, boolean integers) {
        checkOpen();
        boolean isInteger = kind == DataType.Kind.INT || kind == DataType.Kind.UINT;
        if (isInteger != integers || elementBytes != bytes || type.isVector()) {
            throw Refusals.wrongType(type, DataType.Kind.INT, false);
        }
        if (first < 0 || count < 0 || count > plan.count - first) {
            throw Refusals.unknownSequence(plan.version, first < 0 ? first : first + count - 1);
        }
        Arrays.fill(given, first, first + count, true);
    }

    /** Returns the index of the vector's first element. */
    private int checkVector(int sequence, DataType.Kind wanted, int count) {
        checkOpen();
        if (kind != wanted || !type.isVector()) {
            throw Refusals.wrongType(type, wanted, true);
        }
        checkSequence(sequence);
        if (count != plan.length(sequence)) {
            throw Refusals.vectorLength(plan.version, sequence, count);
        }
        given[sequence] = true;
        return plan.start(sequence);
    }

    private void checkOpen() {
        if (!open) {
            throw new IllegalStateException("no block is begun: call begin first");
        }
    }

    private void checkSequence(int sequence) {
        if (sequence < 0 || sequence >= plan.count) {
            throw Refusals.unknownSequence(plan.version, sequence);
        }
    }

    private void checkStringLength(int sequence, int length) {
        if (length > plan.stringLimit(sequence)) {
            throw Refusals.stringLength(plan.version, sequence, length);
        }
    }

    private void checkBlockLength(long length) {
        if (length > PsdbFormat.MAX_BLOCK_LENGTH) {
            throw Refusals.blockLength(plan.version, length);
        }
    }

    private static void checkExpiry(long expiryEpochSeconds, long eventTimeMicros) {
        if (expiryEpochSeconds == Expiry.NEVER) {
            return;
        }
        if (expiryEpochSeconds < 0 || expiryEpochSeconds > Expiry.MAX_EPOCH_SECONDS) {
            throw Refusals.expiryRange(expiryEpochSeconds);
        }
        if (eventTimeMicros == 0) {
            return;
        }
        long ttl = expiryEpochSeconds - Math.floorDiv(eventTimeMicros, 1_000_000L);
        if (ttl < 1 || ttl > Expiry.MAX_TTL_SECONDS) {
            throw Refusals.expiryDistance(ttl);
        }
    }
}
