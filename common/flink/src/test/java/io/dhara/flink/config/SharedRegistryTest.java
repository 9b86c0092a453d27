package io.dhara.flink.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SharedRegistryTest {
    private static final List<FixedRegistry> OPENED = new ArrayList<>();

    private record Factory(String name) implements RegistryFactory {
        @Override
        public SchemaRegistry open() {
            FixedRegistry registry = new FixedRegistry(SchemaSnapshot.EMPTY);
            OPENED.add(registry);
            return registry;
        }
    }

    @Test
    void acquire_equalFactories_shareOneUntilTheLastCloses() {
        OPENED.clear();
        SharedRegistry first = SharedRegistry.acquire(new Factory("a"));
        SharedRegistry second = SharedRegistry.acquire(new Factory("a"));
        SharedRegistry other = SharedRegistry.acquire(new Factory("b"));
        assertThat(OPENED).hasSize(2);

        first.close();
        first.close();
        assertThat(OPENED.get(0).isClosed()).isFalse();
        second.close();
        assertThat(OPENED.get(0).isClosed()).isTrue();
        assertThat(OPENED.get(1).isClosed()).isFalse();
        other.close();

        SharedRegistry.acquire(new Factory("a")).close();
        assertThat(OPENED).hasSize(3).allMatch(FixedRegistry::isClosed);
    }
}
