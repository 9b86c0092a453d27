package io.dhara.ingest.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.ingest.Messages;
import io.dhara.ingest.domain.RecentTie;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentTieFormatTest {
    private static final RecentTie TIE =
            new RecentTie(
                    new EntityKey("user", List.of("u1", "é")), 7, 2, 1_700_000_000_123L, 900, 901);

    /** Checkpoints of released versions hold these bytes. */
    private static final String LAYOUT_1 =
            "00 00 00 04 75 73 65 72 00 00 00 02 00 00 00 02 75 31 00 00 00 02 c3 a9 00 00 00 07"
                    + " 00 00 00 02 00 00 01 8b cf e5 68 7b 00 00 00 00 00 00 03 84 00 00 03 85";

    @Test
    void layout1_isPinned() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RecentTieFormat.INSTANCE.write(TIE, new DataOutputStream(out));
        assertThat(Messages.hex(out.toByteArray())).isEqualTo(LAYOUT_1);
        DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(Messages.bytes(LAYOUT_1)));
        assertThat(RecentTieFormat.INSTANCE.read(1, in)).isEqualTo(TIE);
        assertThat(in.available()).isZero();
    }
}
