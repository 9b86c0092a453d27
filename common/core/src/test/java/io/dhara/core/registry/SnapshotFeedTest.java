package io.dhara.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SnapshotFeedTest {
    private static final SchemaSnapshot NEWER = YamlSchemas.read("examples", 7, Examples.files());

    private final SnapshotFeed feed =
            new SnapshotFeed("a source", Runnable::run, SchemaSnapshot.EMPTY);

    @Test
    void refresh_showsWhatTheLookPublished() {
        SchemaSnapshot shown =
                feed.refresh(
                        () -> {
                            feed.publish(NEWER);
                            return null;
                        });

        assertThat(shown).isSameAs(NEWER);
    }

    @Test
    void refresh_lookThatFails_saysWhatCouldNotBeRead() {
        assertThatThrownBy(
                        () ->
                                feed.refresh(
                                        () -> {
                                            throw new IOException("no such folder");
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot read the schemas of a source")
                .hasRootCauseMessage("no such folder");
    }

    @Test
    void refresh_lookThatIsNotOverInTime_showsWhatIsInForce() {
        SnapshotFeed slow = new SnapshotFeed("a source", task -> {}, NEWER);

        assertThat(slow.refresh(() -> null)).isSameAs(NEWER);
    }

    @Test
    void refresh_afterTheRegistryClosed_showsWhatWasInForce() {
        SnapshotFeed closed =
                new SnapshotFeed(
                        "a source",
                        task -> {
                            throw new RejectedExecutionException("closed");
                        },
                        NEWER);

        assertThat(closed.refresh(() -> null)).isSameAs(NEWER);
    }
}
