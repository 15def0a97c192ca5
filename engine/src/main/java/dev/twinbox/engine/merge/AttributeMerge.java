package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.ModSeq;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which METADATA entries each side of a mailbox has to take over (dsync wire protocol, section 3.8). Pure.
 *
 * <p>Both sides, each with both lists, come to the same end, whichever of them is called the initiator. Unlike dsync equal
 * values are left alone even if one was set later: nothing would be different but the time.
 */
public final class AttributeMerge {
    private AttributeMerge() {}

    /**
     * What each side has to apply; of two entries with one key one is never in both lists.
     *
     * @param initiator for the initiator, by key
     * @param responder for the responder, by key
     */
    public record Plan(List<MailboxAttribute> initiator, List<MailboxAttribute> responder) {
        public Plan {
            initiator = List.copyOf(initiator);
            responder = List.copyOf(responder);
        }

        public boolean isEmpty() {
            return initiator.isEmpty() && responder.isEmpty();
        }
    }

    /** Two-way, with nothing known of an earlier run. */
    public static Plan merge(Attributes initiator, Attributes responder) {
        return merge(initiator, responder, 0);
    }

    /**
     * Two-way. An entry of one side only goes to the other; a deletion of what the other side does not know means nothing. Of
     * two different ones that one wins which alone was changed since the last run, else the later one, else the one with
     * the higher modseq, else the one with the larger value, a deletion being the smallest.
     *
     * @param commonModSeq up to this modseq both sides were equal; 0 if not known
     */
    public static Plan merge(Attributes initiator, Attributes responder, long commonModSeq) {
        List<MailboxAttribute> forInitiator = new ArrayList<>();
        List<MailboxAttribute> forResponder = new ArrayList<>();
        for (Attributes.Key key : keys(initiator, responder)) {
            MailboxAttribute mine = initiator.find(key);
            MailboxAttribute theirs = responder.find(key);
            int order = compare(mine, theirs, commonModSeq);
            if (order > 0 && mine != null) {
                forResponder.add(mine);
            } else if (order < 0 && theirs != null) {
                forInitiator.add(theirs);
            }
        }
        return new Plan(forInitiator, forResponder);
    }

    /**
     * One-way: what a destination has to apply to have just what the source has, whenever it was changed. If the source's
     * list is not complete, only what it says was deleted is.
     */
    public static List<MailboxAttribute> mirror(Attributes source, Attributes destination) {
        List<MailboxAttribute> changes = new ArrayList<>();
        for (Attributes.Key key : keys(source, destination)) {
            String wanted = source.value(key.shared(), key.name());
            if (!Objects.equals(wanted, destination.value(key.shared(), key.name()))) {
                MailboxAttribute given = source.find(key);
                if (given != null) {
                    changes.add(given);
                } else if (source.isComplete()) {
                    changes.add(new MailboxAttribute(key.shared(), key.name(), null, false, true, 0, ModSeq.NONE));
                }
            }
        }
        return changes;
    }

    private static SortedSet<Attributes.Key> keys(Attributes one, Attributes other) {
        TreeSet<Attributes.Key> keys = new TreeSet<>();
        one.forEach(attribute -> keys.add(Attributes.Key.of(attribute)));
        other.forEach(attribute -> keys.add(Attributes.Key.of(attribute)));
        return keys;
    }

    /** Above 0 if the first wins, below 0 if the second does, 0 if nothing is to be done. */
    private static int compare(@Nullable MailboxAttribute a, @Nullable MailboxAttribute b, long common) {
        if (a == null || b == null) {
            MailboxAttribute only = a != null ? a : b;
            return only == null || only.deleted() ? 0 : a != null ? 1 : -1;
        }
        if (Objects.equals(a.value(), b.value())) {
            return 0;
        }
        boolean newA = a.modSeq().value() > common;
        boolean newB = b.modSeq().value() > common;
        if (common > 0 && newA != newB) {
            return newA ? 1 : -1;
        }
        if (a.lastChange() != b.lastChange()) {
            return Long.compare(a.lastChange(), b.lastChange());
        }
        int byModSeq = Long.compareUnsigned(a.modSeq().value(), b.modSeq().value());
        return byModSeq != 0 ? byModSeq : Arrays.compareUnsigned(bytes(a), bytes(b));
    }

    /** Null, which is smaller than anything, for a deletion. */
    private static byte @Nullable [] bytes(MailboxAttribute attribute) {
        String value = attribute.value();
        return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    }
}
