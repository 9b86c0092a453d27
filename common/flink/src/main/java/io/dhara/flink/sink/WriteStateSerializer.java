package io.dhara.flink.sink;

import io.dhara.flink.serde.BinaryFields;
import io.dhara.flink.serde.ValueFormats;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * State of one sink subtask: int32 count, then each write in the layout of {@link
 * PendingWriteFormat}, whose version is this one's. Backoffs are not kept: after a restart
 * everything is tried at once.
 */
final class WriteStateSerializer
        implements SimpleVersionedSerializer<BufferedRequestState<WriteEntry>> {

    @Override
    public int getVersion() {
        return PendingWriteFormat.INSTANCE.version();
    }

    @Override
    public byte[] serialize(BufferedRequestState<WriteEntry> state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(state.getBufferedRequestEntries().size());
        for (RequestEntryWrapper<WriteEntry> wrapper : state.getBufferedRequestEntries()) {
            PendingWriteFormat.INSTANCE.write(wrapper.getRequestEntry().pending(), out);
        }
        out.flush();
        return bytes.toByteArray();
    }

    @Override
    public BufferedRequestState<WriteEntry> deserialize(int version, byte[] serialized)
            throws IOException {
        ValueFormats.checkReadable("feature-store sink", version, getVersion());
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
        int count = BinaryFields.readCount(in);
        List<RequestEntryWrapper<WriteEntry>> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WriteEntry entry = new WriteEntry(PendingWriteFormat.INSTANCE.read(version, in));
            entries.add(new RequestEntryWrapper<>(entry, entry.sizeBytes()));
        }
        return new BufferedRequestState<>(entries);
    }
}
