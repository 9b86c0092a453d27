package io.dhara.stores.etcd;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.InvalidSchemasException;
import io.dhara.core.registry.SchemaMerge;
import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.SnapshotFeed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Schemas from etcd, followed by an {@link EtcdFollower} (B44, B45).
 *
 * <p>A control plane writes one change key by key. Changes are therefore looked at when they have
 * settled, and through {@link SchemaMerge}: an entity or group that is not complete, not valid, or
 * would make stored blocks unreadable keeps its last good form, and holds nobody else up.
 *
 * <p>All state is owned by the follower's thread; readers see the current snapshot through a
 * volatile field.
 */
public final class EtcdSchemaRegistry implements SchemaRegistry {
    private static final Duration REFRESH_PAUSE = Duration.ofMillis(100);

    private final EtcdFollower follower;
    private final Optional<LastGoodFile> lastGood;
    private final SnapshotFeed feed;
    private final IncrementalLayout layout;
    private long refreshedNanos;

    private EtcdSchemaRegistry(EtcdConfig config) {
        this.follower = new EtcdFollower(config, "schemas-of-etcd");
        this.layout = new IncrementalLayout(config.base());
        this.lastGood =
                config.lastGoodFile().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new LastGoodFile(Path.of(config.lastGoodFile()), config.base()));
        SchemaSnapshot first = lastGood.flatMap(LastGoodFile::load).orElse(SchemaSnapshot.EMPTY);
        this.feed = new SnapshotFeed(config.toString(), follower.thread(), first);
    }

    /**
     * Reads the schemas and follows them from then on. Without etcd it starts with the last good
     * snapshot on disk, and follows etcd as soon as it is back.
     *
     * @throws EtcdUnavailableException if etcd cannot be read and there is none on disk
     */
    public static EtcdSchemaRegistry open(EtcdConfig config) {
        EtcdSchemaRegistry registry =
                new EtcdSchemaRegistry(requireNonNull(config, "config is null"));
        boolean needed = registry.feed.current().revision() == 0;
        registry.follower.start(registry.new OnChange(), needed);
        return registry;
    }

    /**
     * The schemas in etcd now, without following them.
     *
     * @throws EtcdUnavailableException if etcd cannot be read
     * @throws InvalidSchemasException if they are not complete and valid
     */
    public static SchemaSnapshot readOnce(EtcdConfig config) {
        try (EtcdClient client = new EtcdClient(config)) {
            return snapshotOf(config, client.readAll());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EtcdUnavailableException("interrupted while reading " + config, e);
        }
    }

    /**
     * The schemas that a reading holds.
     *
     * @throws InvalidSchemasException if they are not complete and valid
     */
    public static SchemaSnapshot snapshotOf(EtcdConfig config, EtcdClient.Keys read) {
        SchemaMerge.Result result =
                SchemaMerge.merge(
                        SchemaSnapshot.EMPTY,
                        new IncrementalLayout(config.base()).parse(read.revision(), read.values()));
        if (!result.problems().isEmpty()) {
            throw new InvalidSchemasException(config.toString(), result.problems());
        }
        return result.snapshot();
    }

    @Override
    public SchemaSnapshot current() {
        return feed.current();
    }

    /** Reads etcd now; at most one reading in 100 ms. */
    @Override
    public SchemaSnapshot refresh() {
        return feed.refresh(this::refreshNow);
    }

    @Override
    public AutoCloseable subscribe(Consumer<SchemaSnapshot> listener) {
        return feed.subscribe(listener);
    }

    @Override
    public String lastProblem() {
        return feed.lastProblem();
    }

    @Override
    public void close() {
        follower.close();
    }

    private @Nullable Void refreshNow() throws InterruptedException {
        if (System.nanoTime() - refreshedNanos >= REFRESH_PAUSE.toNanos()) {
            refreshedNanos = System.nanoTime();
            follower.look();
        }
        return null;
    }

    private final class OnChange implements EtcdFollower.Listener {
        @Override
        public void changed(long revision, Map<String, String> keys) {
            SchemaSnapshot before = feed.current();
            SchemaMerge.Result next = SchemaMerge.merge(before, layout.parse(revision, keys));
            feed.publish(next.snapshot());
            if (feed.current() != before) {
                lastGood.ifPresent(file -> file.save(feed.current()));
            }
            feed.report(
                    String.join(
                            "\n", next.problems().stream().map(SchemaProblem::toString).toList()));
        }

        @Override
        public void lost(String why) {
            feed.report(why);
        }
    }
}
