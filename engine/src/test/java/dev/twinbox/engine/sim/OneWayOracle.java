package dev.twinbox.engine.sim;

import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.sim.Operation.Side;
import dev.twinbox.engine.sim.Picture.Folder;
import dev.twinbox.engine.sim.Picture.Mail;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says what is wrong with the result of {@code sync -1}. Remembers what the source had at former runs; knows nothing of how
 * merging works.
 *
 * <ul>
 *   <li>Nothing at the source has changed, not even a number.
 *   <li>A mail of the destination is there as often as before, unless the source had it, too, and has it no more.
 *   <li>A flag or keyword of the destination is there, unless the source's user took it away since the last run, or ever if
 *       the destination had copies of the mail and it is not known which that was; one that it had not is one that the
 *       source has.
 *   <li>A mail of the source is at the destination, unless the destination's user took it or its mailbox away.
 *   <li>To clients of the destination what {@link Oracle} says of them.
 *   <li>What is different at the end is in the report, and nothing else is: mails, mailboxes that only one of them has or
 *       that have another name, subscriptions.
 * </ul>
 */
final class OneWayOracle {
    private final Side from;
    private final SimUsers users;

    /** Mails of the source at former runs, by identity and by name of their mailbox. */
    private final Set<String> had = new HashSet<>();

    /** Identities of mailboxes that the source had at former runs. */
    private final Set<String> shared = new HashSet<>();

    /** Identities of mailboxes that the destination once had. */
    private final Set<String> known = new HashSet<>();

    /** Identities of mails that a mailbox of the destination once had several of. */
    private final Set<String> several = new HashSet<>();

    private List<String> wrong = new ArrayList<>();

    OneWayOracle(Side from, SimUsers users) {
        this.from = from;
        this.users = users;
    }

    /** What is wrong after a run, one line each; nothing if all is well. */
    List<String> judge(Picture source, Picture sourceAfter, Picture before, Picture after, Outcome outcome) {
        wrong = new ArrayList<>();
        if (!source.lines().equals(sourceAfter.lines())) {
            wrong.add("the source was changed");
        }
        before.folders.values().forEach(folder -> known.add(folder.id()));
        for (Folder folder : before.folders.values()) {
            folder.mails.values().stream()
                    .map(Mail::guid)
                    .filter(mail -> folder.count(mail) > 1)
                    .forEach(several::add);
            kept(folder, source, before, after);
        }
        for (Folder folder : source.folders.values()) {
            Folder target = same(folder, after);
            arrived(folder, target);
            for (Mail mail : folder.mails.values()) {
                had.add(folder.id() + " " + mail.guid());
                had.add(folder.name + " " + mail.guid());
            }
        }
        reported(source, after, outcome);
        source.folders.values().forEach(folder -> shared.add(folder.id()));
        after.folders.values().forEach(folder -> known.add(folder.id()));
        return wrong;
    }

    private static @Nullable Folder same(Folder folder, Picture there) {
        Folder same = there.of(folder.id());
        return same != null ? same : there.named(folder.name);
    }

    /** The source's mailbox of that name is not the one if it is another of the destination's. */
    private static @Nullable Folder atSource(Folder folder, Picture source, Picture before) {
        Folder found = same(folder, source);
        boolean another = found != null && !found.id().equals(folder.id()) && before.of(found.id()) != null;
        return another ? null : found;
    }

    /** What has become of a mailbox; it may be one with another after what is above it was renamed. */
    private @Nullable Folder became(Folder old, Picture before, Picture after) {
        Folder below = after.of(old.id()) == null ? after.below(old, before) : null;
        if (below != null && !known.contains(below.id())) {
            return below;
        }
        Folder found = same(old, after);
        if (found != null && !found.id().equals(old.id()) && before.of(found.id()) != null) {
            found = null; // another has got its name
        }
        for (Folder each : after.folders.values()) {
            if (found == null && !known.contains(each.id()) && each.leaf().equals(old.leaf())) {
                found = each;
            }
        }
        return found;
    }

    private void kept(Folder old, Picture source, Picture before, Picture after) {
        Folder now = became(old, before, after);
        Folder there = atSource(now == null ? old : now, source, before);
        Set<String> mails = new TreeSet<>();
        old.mails.values().forEach(mail -> mails.add(mail.guid()));
        for (String mail : mails) {
            int is = now == null ? 0 : now.count(mail);
            boolean gone = (had.contains(old.id() + " " + mail)
                            || had.contains(old.name + " " + mail)
                            || users.hasRemoved(from, old, mail)
                            || (there != null && users.hasRemoved(from, there, mail))
                            || (now != null && had.contains(now.name + " " + mail)))
                    && (there == null || there.count(mail) < old.count(mail));
            if (is < old.count(mail) && !gone) {
                wrong.add("lost: " + mail + " is in " + old.name + " " + is + " times, not " + old.count(mail));
            } else if (now != null && is == 1 && old.count(mail) == 1 && !isReplaced(old, now, source)) {
                words(old.find(mail), now.find(mail), source, before, old.name);
            }
        }
        if (now != null) {
            Oracle.client(from.other(), old, now, wrong);
        }
    }

    /** The source has deleted the mailbox and has another of that name. */
    private boolean isReplaced(Folder old, Folder now, Picture source) {
        return !now.id().equals(old.id()) && shared.contains(old.id()) && source.of(old.id()) == null;
    }

    private void words(@Nullable Mail old, @Nullable Mail now, Picture source, Picture before, String where) {
        if (old == null || now == null) {
            return;
        }
        for (String word : old.words()) {
            boolean cleared = users.hasCleared(from, old.guid(), word, several.contains(old.guid()));
            if (!now.words().contains(word) && !cleared) {
                wrong.add("flag lost: " + word + " of " + old.guid() + " in " + where);
            }
        }
        for (String word : now.words()) {
            // The mailbox of that name may be another now, with a mail of its own.
            if (!has(source, now.guid(), word) && !has(before, now.guid(), word)) {
                wrong.add("flag from nowhere: " + word + " of " + now.guid() + " in " + where);
            }
        }
    }

    private static boolean has(Picture account, String guid, String word) {
        for (Folder folder : account.folders.values()) {
            for (Mail mail : folder.mails.values()) {
                if (mail.guid().equals(guid) && mail.words().contains(word)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void arrived(Folder folder, @Nullable Folder target) {
        Side to = from.other();
        if (target == null) {
            if (!users.hasMoved(to, null)) {
                wrong.add("mailbox did not come: " + folder.name);
            }
            return;
        }
        for (Mail mail : folder.mails.values()) {
            if (target.count(mail.guid()) == 0
                    && !users.hasRemoved(to, target, mail.guid())
                    && !users.hasRemoved(to, folder, mail.guid())
                    && !users.hasMoved(to, folder)) {
                wrong.add("did not come: " + mail.guid() + " of " + folder.name);
            }
        }
    }

    private void reported(Picture source, Picture after, Outcome outcome) {
        Set<String> told = new TreeSet<>();
        for (MailboxResult result : outcome.mailboxes()) {
            if (result.reason().contains("differs from the source")) {
                told.add(result.name().join('/'));
            }
        }
        Set<String> differ = new TreeSet<>(after.subscribed);
        differ.removeAll(source.subscribed);
        source.subscribed.stream()
                .filter(name -> !after.subscribed.contains(name))
                .forEach(differ::add);
        Set<Folder> matched = new HashSet<>();
        Set<String> either = new HashSet<>();
        for (Folder folder : source.folders.values()) {
            Folder target = same(folder, after);
            if (target != null
                    && users.hasMoved(from.other(), folder)
                    && !folder.id().equals(target.id())) {
                either.add(target.name); // what has its name there may be another mailbox
                matched.add(target);
            } else if (target == null) {
                differ.add(folder.name);
                for (Folder each : after.folders.values()) {
                    if (source.of(each.id()) == null && each.leaf().equals(folder.leaf())) {
                        either.add(folder.name); // perhaps it is this one, after what is above it was renamed
                        either.add(each.name);
                    }
                }
            } else {
                matched.add(target);
                if (!target.name.equals(folder.name) || !texts(folder).equals(texts(target))) {
                    differ.add(target.name);
                }
            }
        }
        for (Folder folder : after.folders.values()) {
            if (!matched.contains(folder)) {
                differ.add(folder.name);
            }
        }
        told.removeAll(either);
        differ.removeAll(either);
        if (!told.equals(differ)) {
            wrong.add("said to differ are " + told + ", but it is " + differ);
        }
    }

    private static List<String> texts(Folder folder) {
        return folder.mails.values().stream().map(Mail::text).toList();
    }
}
