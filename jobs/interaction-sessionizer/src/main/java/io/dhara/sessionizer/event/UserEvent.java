package io.dhara.sessionizer.event;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.flink.serde.ValueTypeInfo;
import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * One good event of a user: read, identified, of a known type, inside the window and, where it is
 * stored, within the limits of its type's block layout.
 *
 * @param interaction what happened; of {@link Kind#ERASE} only user, type {@link #ERASE_USER} and
 *     event time say something
 */
@TypeInfo(UserEvent.TypeFactory.class)
public record UserEvent(Kind kind, Interaction interaction) {

    /** Type of the event that asks for a user's deletion. */
    public static final String ERASE_USER = "ERASE_USER";

    public static final TypeInformation<UserEvent> TYPE =
            new ValueTypeInfo<>(UserEvent.class, new UserEventSerializer());

    /** What an event does. The order is part of {@link UserEventFormat}. */
    public enum Kind {
        /** Belongs to a session and is kept in both tiers. */
        STORED,
        /** Starts or extends a session and is counted there, but is kept in no tier. */
        MARKER,
        /** Removes everything of the user up to its event time. */
        ERASE
    }

    public UserEvent {
        requireNonNull(kind, "kind is null");
        requireNonNull(interaction, "interaction is null");
    }

    public String userId() {
        return interaction.userId();
    }

    /** Lets Flink find {@link #TYPE}. */
    public static final class TypeFactory extends TypeInfoFactory<UserEvent> {
        @Override
        public TypeInformation<UserEvent> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return TYPE;
        }
    }
}
