package io.dhara.ingest.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.flink.source.RawRecord;
import io.dhara.ingest.FixedRegistry;
import io.dhara.ingest.Messages;
import io.dhara.ingest.TestSchemas;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever the bytes, every unit of a message ends in exactly one place. */
class FeatureMessageFuzzTest {
    private static final long NOW = 1_767_225_600_000L;

    private final FeatureMessageReader reader =
            new FeatureMessageReader(IngestRules.DEFAULT, new FixedRegistry(schemas()), () -> NOW);

    private static io.dhara.core.registry.SchemaSnapshot schemas() {
        TestSchemas schemas = new TestSchemas().entity("user", "user_id");
        for (DataType type : DataType.values()) {
            String byDefault = type.kind() == DataType.Kind.BOOL ? "true" : "1";
            schemas.group(
                    "user",
                    "g" + type.id(),
                    type,
                    type.id() % 2 == 0 ? TestSchemas.SCYLLA : TestSchemas.REDIS,
                    Duration.ofSeconds(type.id() % 3 * 100),
                    byDefault,
                    "x",
                    "y");
        }
        return schemas.build();
    }

    @Property(tries = 2000)
    void randomBytes_endSomewhere(@ForAll byte[] value) {
        assertAccounted(Messages.record(value, NOW, 5, "dhara-request-id", "r"));
    }

    @Property(tries = 3000)
    void mutatedMessages_endSomewhere(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] value = randomQuery(random).toByteArray();
        for (int i = random.nextInt(4); i > 0 && value.length > 0; i--) {
            value[random.nextInt(value.length)] = (byte) random.nextInt();
        }
        byte[] cut =
                random.nextInt(4) == 0
                        ? java.util.Arrays.copyOf(value, random.nextInt(value.length + 1))
                        : value;
        assertAccounted(
                Messages.record(
                        cut,
                        NOW - random.nextInt(300_000),
                        random.nextInt(5000),
                        "dhara-request-id",
                        "r",
                        "dhara-schema-version",
                        random.nextBoolean() ? "1" : "g3=1,g4=2"));
    }

    /** Right in most respects, so that mutations reach every check. */
    private static Query randomQuery(Random random) {
        Query.Builder query = Query.newBuilder().setEntityLabel("user").addKeysSchema("user_id");
        List<DataType> types = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            DataType type = DataType.values()[random.nextInt(30)];
            types.add(type);
            query.addFeatureGroupSchema(Messages.group("g" + type.id(), "y"));
        }
        for (int row = 1 + random.nextInt(4); row > 0; row--) {
            query.addData(
                    Messages.row(
                            "u" + random.nextInt(3),
                            types.stream()
                                    .map(type -> values(type, random))
                                    .toArray(Values[]::new)));
        }
        return query.build();
    }

    private static Values values(DataType type, Random random) {
        int count = type.isVector() ? TestSchemas.VECTOR_LENGTH : 1;
        Values.Builder values = Values.newBuilder();
        for (int i = 0; i < count; i++) {
            switch (ValueList.ofElement(type.scalar())) {
                case FP32 -> values.addFp32Values(random.nextGaussian());
                case FP64 -> values.addFp64Values(random.nextGaussian());
                case INT32 -> values.addInt32Values(random.nextInt(200));
                case INT64 -> values.addInt64Values(random.nextLong());
                case UINT32 -> values.addUint32Values(random.nextInt(200));
                case UINT64 -> values.addUint64Values(random.nextLong());
                case STRING -> values.addStringValues("s" + random.nextInt(100));
                case BOOL -> values.addBoolValues(random.nextBoolean());
                case VECTOR -> throw new IllegalStateException("not an element list");
            }
        }
        return type.isVector() ? Messages.vectors(values.build()) : values.build();
    }

    private void assertAccounted(RawRecord record) {
        ReadResult result = reader.read(record);
        assertThat(
                        result.writes().size()
                                + result.combined()
                                + result.expired()
                                + result.rejectedUnits())
                .isEqualTo(result.unitsIn());
        if (result.rejected() != null) {
            assertThat(result.rejected().record()).isSameAs(record);
        }
        // Every unit that its sender waits for is told of exactly once, or all of them at once.
        List<WaitUnit> told =
                Stream.concat(
                                result.writes().stream().flatMap(w -> w.waits().stream()),
                                result.notices().stream().flatMap(n -> n.waits().stream()))
                        .toList();
        if (told.contains(WaitUnit.all("r"))) {
            assertThat(told).hasSize(1);
            assertThat(result.rejectedUnits()).isEqualTo(result.unitsIn());
        } else {
            assertThat(told)
                    .extracting(WaitUnit::unit)
                    .hasSize(result.unitsIn())
                    .doesNotHaveDuplicates()
                    .allMatch(unit -> unit < result.unitsIn());
        }
        for (PendingWrite write : result.writes()) {
            assertThat(write.write().block()).hasSizeLessThanOrEqualTo(65_535);
        }
    }
}
