package io.dhara.serving.feature;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Sends responses whose protobuf bytes are already built, in one write and without a copy. */
final class BuiltResponse implements Marshaller<byte[]> {
    static final BuiltResponse MARSHALLER = new BuiltResponse();

    private BuiltResponse() {}

    @Override
    public InputStream stream(byte[] message) {
        return new Bytes(message);
    }

    /** The bytes of a response; servers do not receive any. */
    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("response could not be read", e);
        }
    }

    private static final class Bytes extends ByteArrayInputStream
            implements KnownLength, Drainable {
        Bytes(byte[] message) {
            super(message);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int drained = available();
            target.write(buf, pos, drained);
            pos = count;
            return drained;
        }
    }
}
