package dev.twinbox.it;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says what is wrong with a merged account, from what both sides were when they were last equal and what they were before
 * the merge. Knows nothing of how to merge: mails and mailboxes are told apart by their GUIDs, and only what one side alone
 * has decided is asked for. What both sides changed in different ways, either may win.
 */
final class PairJudge {
    /** What a merge can do wrong. */
    enum Wrong {
        /** Nothing says that the mail was to go from its mailbox, but it is not there. */
        LOST,
        /** The mail was new in a mailbox that the other side deleted, and is not in it now; perhaps another copy elsewhere. */
        LOST_WITH_FOLDER,
        /** One side expunged it, yet it is there. */
        EXPUNGED_CAME_BACK,
        DUPLICATED,
        FLAG_LOST,
        SUBSCRIPTION_LOST,
        SUBSCRIPTION_INVENTED,
        /** A UID means another mail now than it did at this side before, or a mail new to it got a UID below UIDNEXT. */
        UID_REUSED,
        /** A mailbox is missing, or has a name that nobody gave it. */
        TREE,
        /** One side deleted the mailbox, yet it is there although the other side put no mail into it. */
        DELETED_MAILBOX_KEPT
    }

    /** One mistake, in words. */
    record Mistake(Wrong wrong, String text) {}

    /**
     * Whether a side changed the flag of the mail at all, though perhaps back again; with an empty GUID a subscription; with
     * {@link PairLife#expunge} whether it expunged it.
     */
    interface Touched {
        boolean by(String guid, String flag);
    }

    private final ClientView base;
    private final ClientView left;
    private final ClientView right;
    private final Touched touchedLeft;
    private final Touched touchedRight;

    PairJudge(ClientView base, ClientView left, ClientView right, Touched touchedLeft, Touched touchedRight) {
        this.base = base;
        this.left = left;
        this.right = right;
        this.touchedLeft = touchedLeft;
        this.touchedRight = touchedRight;
    }

    /** Empty when the merged account is all right. */
    List<Mistake> judge(ClientView merged) {
        List<Mistake> mistakes = new ArrayList<>();
        SortedSet<String> guids = new TreeSet<>();
        Stream.of(base, left, right).forEach(view -> view.boxes().values().forEach(box -> guids.add(box.guid())));
        for (String guid : guids) {
            judgeBox(guid, merged, mistakes);
        }
        SortedSet<String> names = new TreeSet<>(base.subscriptions());
        names.addAll(left.subscriptions());
        names.addAll(right.subscriptions());
        for (String name : names) {
            Boolean expected = decided(
                    base.subscriptions().contains(name),
                    left.subscriptions().contains(name),
                    right.subscriptions().contains(name),
                    "",
                    name);
            if (expected != null && expected != merged.subscriptions().contains(name)) {
                mistakes.add(new Mistake(Wrong.SUBSCRIPTION_LOST, name));
            }
        }
        for (String name : merged.subscriptions()) {
            if (!names.contains(name)) {
                mistakes.add(new Mistake(Wrong.SUBSCRIPTION_INVENTED, name));
            }
        }
        for (String name : merged.boxes().keySet()) {
            if (name.contains("-temp-") && !base.boxes().containsKey(name)) {
                mistakes.add(new Mistake(Wrong.TREE, "temporary name " + name));
            }
        }
        return mistakes;
    }

    /** What a client of one side would stumble over, that was as {@code before}; empty when it can keep what it has cached. */
    static List<Mistake> judgeUids(ClientView before, ClientView merged) {
        List<Mistake> mistakes = new ArrayList<>();
        for (ClientView.Box box : merged.boxes().values()) {
            ClientView.Box old = before.boxes().get(box.name());
            if (old == null || old.uidValidity() != box.uidValidity()) {
                continue;
            }
            for (ClientView.Mail mail : box.mails().values()) {
                ClientView.Mail was = old.mails().get(mail.uid());
                boolean same =
                        was == null ? mail.uid() >= old.uidNext() : was.guid().equals(mail.guid());
                if (!same) {
                    mistakes.add(new Mistake(Wrong.UID_REUSED, box.name() + " " + was + " -> " + mail));
                }
            }
        }
        return mistakes;
    }

    private void judgeBox(String guid, ClientView merged, List<Mistake> mistakes) {
        ClientView.Box inBase = base.byGuid(guid);
        ClientView.Box inLeft = left.byGuid(guid);
        ClientView.Box inRight = right.byGuid(guid);
        ClientView.Box there = merged.byGuid(guid);
        if (inBase != null && (inLeft == null || inRight == null)) {
            judgeDeleted(inBase, inLeft == null ? inRight : inLeft, merged, mistakes);
            return;
        }
        if (inBase == null) {
            // New on one side. A mailbox that the other side has under that name, too, is merged with it.
            ClientView.Box mine = Objects.requireNonNull(inLeft == null ? inRight : inLeft);
            ClientView.Box same = (inLeft == null ? left : right).boxes().get(mine.name());
            if (same != null && base.byGuid(same.guid()) == null) {
                there = there == null ? merged.boxes().get(mine.name()) : there;
                inLeft = inLeft == null ? same : inLeft;
                inRight = inRight == null ? same : inRight;
            }
        }
        if (there == null) {
            mistakes.add(new Mistake(Wrong.TREE, "mailbox is missing: " + (inLeft == null ? inRight : inLeft)));
            return;
        }
        if (inBase != null) {
            judgeName(
                    inBase.name(),
                    Objects.requireNonNull(inLeft).name(),
                    Objects.requireNonNull(inRight).name(),
                    there.name(),
                    mistakes);
        }
        SortedSet<String> mails = new TreeSet<>();
        Stream.of(inBase, inLeft, inRight, there)
                .filter(Objects::nonNull)
                .forEach(box -> box.mails().values().forEach(mail -> mails.add(mail.guid())));
        for (String mail : mails) {
            judgeMail(there, mail, of(inBase, mail), of(inLeft, mail), of(inRight, mail), of(there, mail), mistakes);
        }
    }

    private void judgeName(String before, String mine, String theirs, String now, List<Mistake> mistakes) {
        boolean oneRenamed = mine.equals(theirs) || mine.equals(before) != theirs.equals(before);
        String wanted = mine.equals(before) ? theirs : mine;
        boolean contended = !mine.equals(theirs)
                && (mine.equals(before) ? left : right).boxes().containsKey(wanted);
        if (oneRenamed && !contended && !isBelowContended(wanted, before) && !now.equals(wanted)) {
            mistakes.add(new Mistake(Wrong.TREE, before + " should be called " + wanted + " instead of " + now));
        }
    }

    /** Whether a mailbox above this name is not the same one at both sides; the renamed one itself does not count. */
    private boolean isBelowContended(String name, String before) {
        String self = guid(base, before);
        for (int end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
            String above = name.substring(0, end);
            if (!guid(left, above).replace(self, "").equals(guid(right, above).replace(self, ""))) {
                return true;
            }
        }
        return false;
    }

    private static String guid(ClientView view, String name) {
        ClientView.Box box = view.boxes().get(name);
        return box == null ? "" : box.guid();
    }

    /** One side, or both, deleted it; {@code kept} is how the other has it. */
    private static void judgeDeleted(
            ClientView.Box inBase, ClientView.@Nullable Box kept, ClientView merged, List<Mistake> mistakes) {
        boolean news = false;
        if (kept != null) {
            for (ClientView.Mail mail : kept.mails().values()) {
                ClientView.Mail old = inBase.mails().get(mail.uid());
                if (old == null || !old.guid().equals(mail.guid())) {
                    news = true;
                    // It may have become one with a mailbox that was made under its name.
                    boolean there = Stream.of(
                                    merged.byGuid(inBase.guid()), merged.boxes().get(kept.name()))
                            .anyMatch(box -> !of(box, mail.guid()).isEmpty());
                    if (!there) {
                        mistakes.add(new Mistake(Wrong.LOST_WITH_FOLDER, kept.name() + " " + mail));
                    }
                }
            }
        }
        if (!news && merged.byGuid(inBase.guid()) != null) {
            mistakes.add(new Mistake(Wrong.DELETED_MAILBOX_KEPT, inBase.name()));
        }
    }

    private void judgeMail(
            ClientView.Box box,
            String mail,
            Map<Long, ClientView.Mail> inBase,
            Map<Long, ClientView.Mail> inLeft,
            Map<Long, ClientView.Mail> inRight,
            Map<Long, ClientView.Mail> there,
            List<Mistake> mistakes) {
        int survivors = 0;
        for (Long uid : inBase.keySet()) {
            survivors += inLeft.containsKey(uid) && inRight.containsKey(uid) ? 1 : 0;
        }
        Map<Long, ClientView.Mail> newLeft = fresh(inBase, inLeft);
        Map<Long, ClientView.Mail> newRight = fresh(inBase, inRight);
        String where = box.name() + " " + mail;
        int keptLeft = newLeft.size() - expunged(newLeft, touchedRight, box.guid());
        int keptRight = newRight.size() - expunged(newRight, touchedLeft, box.guid());
        int least = survivors + Math.max(keptLeft, keptRight);
        int most = survivors + newLeft.size() + newRight.size();
        if (there.size() < least) {
            mistakes.add(new Mistake(Wrong.LOST, where + ": " + there.size() + " instead of " + least));
        } else if (there.size() > most) {
            boolean back = most == 0 || survivors < inBase.size();
            Wrong wrong = back ? Wrong.EXPUNGED_CAME_BACK : Wrong.DUPLICATED;
            mistakes.add(new Mistake(wrong, where + ": " + there.size() + " instead of " + most));
        } else if (there.size() == 1 && most == 1) {
            // What the other side did to an instance that was expunged here is gone with it.
            boolean old = survivors == 1;
            judgeFlags(
                    where,
                    old ? survivor(inBase, inLeft, inRight) : null,
                    old ? survivor(inLeft, inBase, inRight) : only(newLeft),
                    old ? survivor(inRight, inBase, inLeft) : only(newRight),
                    only(there),
                    mistakes);
        }
    }

    private void judgeFlags(
            String where,
            ClientView.@Nullable Mail inBase,
            ClientView.@Nullable Mail inLeft,
            ClientView.@Nullable Mail inRight,
            ClientView.@Nullable Mail there,
            List<Mistake> mistakes) {
        if (there == null || (inLeft == null && inRight == null)) {
            return;
        }
        String guid = there.guid();
        SortedSet<String> flags = new TreeSet<>(there.flags());
        Stream.of(inBase, inLeft, inRight).filter(Objects::nonNull).forEach(mail -> flags.addAll(mail.flags()));
        for (String flag : flags) {
            Boolean expected;
            if (inLeft != null && inRight != null) {
                boolean before = inBase != null && inBase.flags().contains(flag);
                expected = decided(
                        before, inLeft.flags().contains(flag), inRight.flags().contains(flag), guid, flag);
            } else if (inLeft != null) {
                expected = touchedRight.by(guid, flag)
                        ? null
                        : Boolean.valueOf(inLeft.flags().contains(flag));
            } else {
                boolean has = Objects.requireNonNull(inRight).flags().contains(flag);
                expected = touchedLeft.by(guid, flag) ? null : Boolean.valueOf(has);
            }
            if (expected != null && expected != there.flags().contains(flag)) {
                mistakes.add(new Mistake(
                        Wrong.FLAG_LOST, where + ": " + flag + " should be " + (expected ? "set" : "not set")));
            }
        }
    }

    /** What must be the case afterwards; null when either will do, because both sides changed it. */
    private @Nullable Boolean decided(boolean before, boolean mine, boolean theirs, String guid, String what) {
        if (mine == theirs) {
            return mine;
        }
        boolean contended = mine != before ? touchedRight.by(guid, what) : touchedLeft.by(guid, what);
        return contended ? null : Boolean.valueOf(mine != before ? mine : theirs);
    }

    /**
     * How many of one side's new instances the other expunged under the very same UID. When both sides have moved a mail within
     * its mailbox, it has the same new UID at both; nothing on either disk tells such a pair from one that a sync has made.
     */
    private static int expunged(Map<Long, ClientView.Mail> fresh, Touched other, String box) {
        int count = 0;
        for (ClientView.Mail mail : fresh.values()) {
            count += other.by(mail.guid(), PairLife.expunge(box, mail.uid())) ? 1 : 0;
        }
        return count;
    }

    private static Map<Long, ClientView.Mail> fresh(Map<Long, ClientView.Mail> before, Map<Long, ClientView.Mail> now) {
        Map<Long, ClientView.Mail> fresh = new HashMap<>(now);
        fresh.keySet().removeAll(before.keySet());
        return fresh;
    }

    /** The one mail of the first that the other two have, too. */
    private static ClientView.@Nullable Mail survivor(
            Map<Long, ClientView.Mail> of, Map<Long, ClientView.Mail> first, Map<Long, ClientView.Mail> second) {
        Map<Long, ClientView.Mail> common = new HashMap<>(of);
        common.keySet().retainAll(first.keySet());
        common.keySet().retainAll(second.keySet());
        return only(common);
    }

    private static ClientView.@Nullable Mail only(Map<Long, ClientView.Mail> mails) {
        return mails.size() == 1 ? mails.values().iterator().next() : null;
    }

    /** The mails of the mailbox with this GUID, by UID. */
    private static Map<Long, ClientView.Mail> of(ClientView.@Nullable Box box, String guid) {
        Map<Long, ClientView.Mail> mails = new HashMap<>();
        if (box != null) {
            box.mails().values().stream()
                    .filter(mail -> mail.guid().equals(guid))
                    .forEach(mail -> mails.put(mail.uid(), mail));
        }
        return mails;
    }
}
