package io.dhara.serving.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.serving.feature.GroupRead.Outcome;
import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.stores.read.StoredBlock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BlockIntakeTest {
    private final SchemaSnapshot snapshot =
            TestSchemas.user()
                    .group("v", 1, TestSchemas.REDIS, DataType.INT64_VECTOR, Duration.ZERO, true)
                    .version(1, new FeatureSpec("x", 0, new byte[400], 0, 50))
                    .done()
                    .snapshot();
    private final FeatureGroupSchema schema = snapshot.entity("user").group("v");
    private final BlockIntake intake = new BlockIntake();

    @Test
    void take_compressedBlockOfACachedGroup_isDecompressedOnce() {
        byte[] compressed = TestSchemas.block(snapshot, "v", 1, 0, true, e -> {});
        byte[] plain = TestSchemas.block(snapshot, "v", 1, 0, false, e -> {});
        assertThat(compressed).hasSizeLessThan(plain.length);

        assertThat(take(compressed, 5, true).block()).isEqualTo(plain);
        assertThat(take(compressed, 5, false).block()).isSameAs(compressed);
    }

    @Test
    void take_unknownVersion_keepsTheBlockAsStored() {
        byte[] compressed = TestSchemas.block(snapshot, "v", 1, 0, true, e -> {});
        compressed[0] = 9;

        GroupRead read = take(compressed, 5, true);

        assertThat(read.outcome()).isEqualTo(Outcome.STORED);
        assertThat(read.schemaVersion()).isEqualTo(9);
        assertThat(read.block()).isSameAs(compressed);
    }

    @Test
    void take_layout2WithoutWriteTime_takesTheBlocksEventTime() {
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(DataType.INT64_VECTOR, schema.active(), 2, 0, 1234);
        byte[] block = encoder.toBlock(false);

        assertThat(take(block, 0, false).writeTimeMicros()).isEqualTo(1234);
        assertThat(take(block, 99, false).writeTimeMicros()).isEqualTo(99);
        assertThat(new PsdbBlock().wrap(block, 0, block.length).layoutVersion()).isEqualTo(2);
    }

    @Test
    void take_nothing_isAbsent() {
        assertThat(intake.take(group(true), StoredBlock.ABSENT)).isSameAs(GroupRead.ABSENT);
        assertThat(take(new byte[0], 1, true)).isSameAs(GroupRead.ABSENT);
    }

    private GroupRead take(byte[] block, long writeMicros, boolean cached) {
        return intake.take(group(cached), new StoredBlock(block, writeMicros));
    }

    private Group group(boolean cached) {
        return new Group(0, schema, cached, false);
    }
}
