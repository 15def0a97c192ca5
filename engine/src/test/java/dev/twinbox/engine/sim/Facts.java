package dev.twinbox.engine.sim;

import dev.twinbox.engine.sim.Operation.Side;
import dev.twinbox.engine.sim.Picture.Folder;
import dev.twinbox.engine.sim.Picture.Mail;
import dev.twinbox.protocol.item.MailboxGuid;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that the oracle is told: how both sides were the same for the last time, how either was before a sync, and what users
 * touched since. What a user does during a sync is as if it had been done before: the pictures are changed accordingly, and
 * where order matters the oracle is told not to be strict. Not safe for use by several threads without {@code synchronized}.
 */
final class Facts {
    /** UIDs of mails that came during a sync: only that they differ from others matters. */
    private static final long LATE_UIDS = 1_000_000_000;

    /** Stands among the touched names for a side where something was renamed, perhaps there and back. */
    static final String TREE = "/";

    final Picture base;
    final Picture left;
    final Picture right;
    private final Set<String> touched = new HashSet<>();
    private final Set<String> touchedNames = new HashSet<>();
    private final Set<String> removed = new HashSet<>();
    private long lateUid = LATE_UIDS;

    /** The clocks of the sides differ, or ran backwards: what is decided by time may go either way. */
    boolean skewed;

    /** Somebody changed the tree during the sync: only that mails are still somewhere can be judged. */
    boolean looseTree;

    /** Something happened during the sync: numbers were compared with those before it too early. */
    boolean late;

    /** The sync was broken off and repeated: numbers nobody had recorded yet may have become others. */
    boolean brokenOff;

    /** Mails of which not everything can be judged. */
    final Set<String> looseMails = new HashSet<>();

    /** Mails that came during the sync: if the other side has them too, they may be the same or not. */
    final Set<String> lateMails = new HashSet<>();

    /** Mailboxes that somebody deleted during the sync. */
    final Set<MailboxGuid> lateDeleted = new HashSet<>();

    final Set<String> lateDeletedNames = new HashSet<>();

    Facts(Picture base, Picture left, Picture right, boolean skewed) {
        this.base = base;
        this.left = left;
        this.right = right;
        this.skewed = skewed;
    }

    Picture of(Side side) {
        return side == Side.LEFT ? left : right;
    }

    static String key(Side side, MailboxGuid folder, long uid, String word) {
        return side + " " + folder + " " + uid + " " + word;
    }

    void touch(Set<String> keys) {
        touched.addAll(keys);
    }

    void touchNames(Set<String> keys) {
        touchedNames.addAll(keys);
    }

    void remove(Set<String> keys) {
        removed.addAll(keys);
    }

    static String removal(Side side, Folder folder, String mail) {
        return side + " " + folder.id() + " " + mail;
    }

    /** Whether a user has taken such a mail from the mailbox since the sides were the same. */
    boolean isRemoved(Side side, String id, String mail) {
        return removed.contains(side + " " + id + " " + mail);
    }

    boolean isTouched(Side side, MailboxGuid folder, long uid, String word) {
        return touched.contains(key(side, folder, uid, word));
    }

    boolean isTouchedName(Side side, String name) {
        return touchedNames.contains(side + " " + name);
    }

    // What is done during a sync

    private record Found(Side side, Folder folder) {}

    private @Nullable Found find(Side side, Folder now) {
        for (Side each : new Side[] {side, side.other()}) {
            Folder folder = of(each).of(now.id());
            if (folder != null) {
                return new Found(each, folder);
            }
        }
        for (Side each : new Side[] {side, side.other()}) {
            Folder folder = of(each).named(now.name);
            if (folder != null) {
                return new Found(each, folder);
            }
        }
        return null;
    }

    void lateArrival(Side side, Folder now, String mail, Set<String> words) {
        late = true;
        Found found = find(side, now);
        if (found == null) {
            looseTree = true;
        } else {
            long uid = lateUid++;
            lateMails.add(mail);
            if (found.folder().find(mail) != null) {
                looseMails.add(mail); // the same mail twice: it may become one
            }
            found.folder().mails.put(uid, new Mail(uid, mail, new TreeSet<>(words), 0));
        }
    }

    void lateExpunge(Side side, Folder now, String mail) {
        late = true;
        looseMails.add(mail);
        for (Side each : new Side[] {side, side.other()}) {
            Folder folder = of(each).of(now.id());
            folder = folder == null ? of(each).named(now.name) : folder;
            Mail found = folder == null ? null : folder.find(mail);
            if (folder != null && found != null) {
                if (folder.count(mail) > 1) {
                    // Which of several the log means is known by UIDs only, and those may be on the move just now.
                    lateMails.add(mail);
                }
                folder.mails.remove(found.uid());
                return;
            }
        }
    }

    void lateMark(Side side, Folder now, String mail, String word, boolean on) {
        late = true;
        Found found = find(side, now);
        Mail mine = found == null ? null : found.folder().find(mail);
        Folder theirFolder = of(side.other()).of(now.id());
        Mail theirs = theirFolder == null ? null : theirFolder.find(mail);
        if (found != null && found.side() == side && mine != null) {
            set(mine, word, on);
            touched.add(key(side, found.folder().guid, mine.uid(), word));
            if (theirs == null || theirs.uid() != mine.uid()) {
                looseMails.add(mail);
            }
        } else {
            looseMails.add(mail);
        }
    }

    private static void set(Mail mail, String word, boolean on) {
        if (on) {
            mail.words().add(word);
        } else {
            mail.words().remove(word);
        }
    }
}
