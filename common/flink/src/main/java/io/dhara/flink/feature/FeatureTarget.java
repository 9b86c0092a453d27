package io.dhara.flink.feature;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.DataType;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.config.SharedRegistry;
import java.io.Serializable;
import java.util.List;

/** Which features a sink writes, and from where it knows their shape. */
sealed interface FeatureTarget extends Serializable {

    /** Shapes while a writer runs. For one thread. */
    interface Shapes extends AutoCloseable {
        GroupShape current();

        @Override
        void close();
    }

    /**
     * @throws IllegalArgumentException naming what the schemas lack
     */
    Shapes open();

    /** The shape is what the user said. */
    record Declared(GroupShape shape) implements FeatureTarget {
        Declared(
                String entity,
                List<String> keyLabels,
                String group,
                DataType type,
                List<String> features) {
            this(GroupShape.declared(entity, keyLabels, group, type, features));
        }

        @Override
        public Shapes open() {
            return new Shapes() {
                @Override
                public GroupShape current() {
                    return shape;
                }

                @Override
                public void close() {}
            };
        }
    }

    /**
     * The shape follows the schemas.
     *
     * @param version schema version, or 0 for the active one
     */
    record Registered(
            RegistryFactory registry,
            String entity,
            String group,
            int version,
            List<String> features)
            implements FeatureTarget {

        public Registered {
            requireNonNull(registry, "registry is null");
            features = List.copyOf(features);
        }

        @Override
        public Shapes open() {
            SharedRegistry opened = SharedRegistry.acquire(registry);
            try {
                return new Following(this, opened);
            } catch (IllegalArgumentException e) {
                opened.close();
                throw e;
            }
        }

        private GroupShape shape(SchemaSnapshot schemas) {
            return GroupShape.of(schemas, entity, group, version, features);
        }
    }

    /**
     * Looks at the schemas whenever they change. If they have lost what the sink writes, the last
     * shape stays: then it is for feature-ingest, which is the authority, to reject the messages.
     */
    final class Following implements Shapes {
        private final Registered target;
        private final SharedRegistry registry;
        private SchemaSnapshot seen;
        private GroupShape shape;

        private Following(Registered target, SharedRegistry registry) {
            this.target = target;
            this.registry = registry;
            this.seen = registry.current();
            this.shape = target.shape(seen);
        }

        @Override
        public GroupShape current() {
            SchemaSnapshot now = registry.current();
            if (now != seen) {
                seen = now;
                shape = shapeOr(now, shape);
            }
            return shape;
        }

        private GroupShape shapeOr(SchemaSnapshot schemas, GroupShape last) {
            try {
                return target.shape(schemas);
            } catch (IllegalArgumentException e) {
                return last;
            }
        }

        @Override
        public void close() {
            registry.close();
        }
    }
}
