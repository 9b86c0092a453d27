package io.dhara.stores.redis;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.core.interaction.InteractionType;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotMembers;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What hot-read.lua answered of one user, and what that is worth. */
final class HotReply {
    private static final int SETS_AT = 5;

    private final String userId;
    private final InteractionQuery query;
    private final List<?> reply;

    HotReply(String userId, InteractionQuery query, List<?> reply) {
        this.userId = userId;
        this.query = query;
        this.reply = reply;
    }

    private String text(int at) {
        return text(reply.get(at));
    }

    /** The process that answered. */
    String server() {
        return text(0);
    }

    /** Version of the beacon in the same instant; empty if there is none. */
    String beaconVersion() {
        return text(1);
    }

    /** Whether a beacon was there in the instant of the answer, or there was none then. */
    boolean isUnder(HotBeacon beacon) {
        return beacon.version().equals(beaconVersion());
    }

    /**
     * One type's set.
     *
     * @param matches whether it has as many members as the marker says
     * @param cut whether there are members in range beyond those read
     * @param leftOut whether older members were left out for the type's limit and may be in range
     * @param openLeftOut whether some of those may be of an open session, and so nowhere else
     */
    private record TypeSet(
            List<Interaction> found,
            long size,
            boolean matches,
            boolean cut,
            boolean leftOut,
            boolean openLeftOut) {}

    /**
     * Whether two members were one event, so that less was found than there is: then more members
     * are to be read.
     */
    boolean isCutShort() {
        for (int i = 0; i < query.types().size(); i++) {
            TypeSet set = set(i);
            if (set.cut() && set.found().size() < query.limit()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The answer in the light of a beacon.
     *
     * @param beacon of the server that answered
     */
    HotAnswer answer(HotBeacon beacon) {
        boolean whole = beacon.establishes(server());
        String state = text(3);
        String generationText = text(4);
        long generation = generationText.isEmpty() ? 0 : Long.parseLong(generationText);
        boolean trusted = whole && beacon.generations().contains(generation);
        boolean present = !state.isEmpty();
        boolean hot = trusted && state.equals("hot");
        boolean established = whole;
        if (present && !trusted && whole) {
            // An older generation's marker: what was open under it was added again under a newer
            // one. A newer generation than the beacon's: a part has just lost the tier.
            established = beacon.generations().stream().anyMatch(known -> known > generation);
        }
        if (state.equals("lost")) {
            established = false;
        }
        if (!present && Long.parseLong(text(2)) > 0) {
            established = false;
        }
        List<TypeInteractions> lists = new ArrayList<>();
        boolean any = false;
        for (int i = 0; i < query.types().size(); i++) {
            TypeSet set = set(i);
            any |= set.size() > 0;
            boolean complete = hot && set.matches() && !set.leftOut();
            if (present && (trusted || !whole) && (!set.matches() || set.openLeftOut())) {
                established = false;
            }
            lists.add(
                    new TypeInteractions(
                            set.found().subList(0, Math.min(set.found().size(), query.limit())),
                            complete));
        }
        return new HotAnswer(state(hot, present || any), established, lists);
    }

    private static HotAnswer.State state(boolean hot, boolean anything) {
        if (hot) {
            return HotAnswer.State.HOT;
        }
        return anything ? HotAnswer.State.LOADING : HotAnswer.State.ABSENT;
    }

    /** {size, n, since, oldest score, more, members and scores}. */
    private TypeSet set(int index) {
        InteractionType type = query.types().get(index);
        List<?> parts = (List<?>) reply.get(SETS_AT + index);
        long size = (Long) parts.get(0);
        String n = text(parts.get(1));
        boolean trimmed = n.endsWith("+");
        String count = trimmed ? n.substring(0, n.length() - 1) : n;
        boolean cut = Long.valueOf(1).equals(parts.get(4));
        List<?> members = (List<?>) parts.get(5);
        List<Interaction> found = new ArrayList<>(members.size() / 2);
        for (int i = 0; i < members.size(); i += 2) {
            found.add(HotMembers.parse(userId, type.name(), (byte[]) members.get(i)));
        }
        found.sort(Interaction.NEWEST_FIRST);
        Set<InteractionIdentity> identities = new HashSet<>();
        found.removeIf(interaction -> !identities.add(InteractionIdentity.of(interaction)));
        boolean leftOut = false;
        boolean openLeftOut = false;
        if (trimmed && size > 0) {
            long oldest = Long.parseLong(text(parts.get(3)));
            boolean reachedLimit =
                    found.size() >= query.limit()
                            && found.get(query.limit() - 1).eventTimeMillis() > oldest;
            leftOut = oldest >= query.fromMillis() && !reachedLimit;
            String since = text(parts.get(2));
            openLeftOut = leftOut && !since.isEmpty() && Long.parseLong(since) <= oldest;
        }
        return new TypeSet(
                found,
                size,
                size == (count.isEmpty() ? 0 : Long.parseLong(count)),
                cut,
                leftOut,
                openLeftOut);
    }

    private static String text(Object part) {
        return part instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.US_ASCII)
                : String.valueOf(part);
    }
}
