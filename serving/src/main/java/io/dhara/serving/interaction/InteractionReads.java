package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.stores.interaction.InteractionQuery;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the read calls of both APIs share. */
final class InteractionReads {
    private final InteractionTypes types;
    private final InteractionReader reader;

    InteractionReads(InteractionTypes types, InteractionReader reader) {
        this.types = requireNonNull(types, "types is null");
        this.reader = requireNonNull(reader, "reader is null");
    }

    /**
     * @throws ServingException NOT_FOUND for a type that is not configured, FAILED_PRECONDITION for
     *     one that is not kept
     */
    InteractionType stored(String name) {
        InteractionType type =
                types.byName(name)
                        .orElseThrow(
                                () ->
                                        new ServingException(
                                                Kind.NOT_FOUND,
                                                "interaction type "
                                                        + name
                                                        + " is not one of "
                                                        + names(types.stored())));
        if (!type.stored()) {
            throw new ServingException(
                    Kind.FAILED_PRECONDITION,
                    "interactions of type "
                            + name
                            + " are not kept; there are "
                            + names(types.stored()));
        }
        return type;
    }

    private static List<String> names(List<InteractionType> types) {
        return types.stream().map(InteractionType::name).toList();
    }

    /** See {@link InteractionReader#read}. */
    CompletableFuture<InteractionAnswer> read(
            String userId, InteractionQuery query, CallerContext caller) {
        return reader.read(userId, query, caller.deadline());
    }
}
