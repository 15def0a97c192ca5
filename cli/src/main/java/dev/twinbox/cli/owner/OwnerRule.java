package dev.twinbox.cli.owner;

import dev.twinbox.engine.disk.FileOwner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Root works on what root owns, and becomes somebody else for what that one owns: so a user cannot have root read or
 * overwrite a file through a link or a name put in the way. Pure.
 */
public final class OwnerRule {
    private OwnerRule() {}

    /**
     * A location and whom it belongs to.
     *
     * @param text for messages
     */
    public record Place(String text, FileOwner owner) {}

    /**
     * What to do.
     *
     * @param become whom to run as, or null to go on as we are
     * @param refusal why nobody can do it, or null
     */
    public record Decision(
            @Nullable FileOwner become, @Nullable String refusal) {
        static final Decision GO_ON = new Decision(null, null);
    }

    /**
     * Decides for the locations of one command.
     *
     * @param uid whom we run as
     */
    public static Decision decide(int uid, List<Place> places) {
        if (uid != 0) {
            return Decision.GO_ON;
        }
        Place first = null;
        for (Place place : places) {
            if (first == null) {
                first = place;
            } else if (place.owner().uid() != first.owner().uid()) {
                return new Decision(null, differ(first, place));
            }
        }
        return first == null || first.owner().isRoot() ? Decision.GO_ON : new Decision(first.owner(), null);
    }

    private static String differ(Place one, Place other) {
        Place user = one.owner().isRoot() ? other : one;
        Place wrong = one.owner().isRoot() ? one : other;
        return "'" + one.text() + "' belongs to user id " + one.owner().user() + " and '" + other.text()
                + "' to user id " + other.owner().user()
                + ": root does not touch users' mail, and no user can do both. Give them to one owner (chown), or make the"
                + " folder first: install -d -m 0700 -o " + user.owner().user() + " -g "
                + user.owner().group() + " '"
                + wrong.text() + "'";
    }
}
