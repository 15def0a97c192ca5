package dev.twinbox.engine.sim;

import dev.twinbox.engine.sim.Operation.Side;
import dev.twinbox.engine.sim.Picture.Folder;
import dev.twinbox.engine.sim.Picture.Mail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says what is wrong with the result of a merge. Knows how both sides were the same for the last time, how either was before
 * the merge, and which flags and names users touched; knows nothing of how merging works. A mail is an identity in a
 * mailbox; there may be several of one.
 *
 * <ul>
 *   <li>What both sides had and have, and what one side got, is there, exactly as often; what one side took away is gone.
 *   <li>A mail that both sides got into the same mailbox is one mail.
 *   <li>A flag or keyword that one side touched is as it left it; if both did, as either left it.
 *   <li>A mailbox that one side deleted is gone, unless the other side got new mails in it: these must be kept, where does not
 *       matter, and the mailbox may come back with all that the other side had in it.
 *   <li>If one side alone changed its tree, the result has that side's tree. If both did, no mailbox is lost, none has a name
 *       nobody gave it (but for something appended), and a rename is not lost unless somebody else wants the name.
 *   <li>A subscription that one side touched is as it left it.
 *   <li>To clients: under a UIDVALIDITY, UIDs keep their meaning, new mails have UIDs from the old UIDNEXT on, numbers do not go
 *       back, and a changed mail has a new modseq.
 * </ul>
 */
final class Oracle {
    private static final String INBOX = "INBOX";

    private final Facts facts;
    private final Picture result;
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Folder> base;
    private final Map<String, Folder> left;
    private final Map<String, Folder> right;
    private final Map<String, Folder> after;
    private final Set<String> ids = new TreeSet<>();
    private final Set<String> free = new TreeSet<>();

    /** Mailboxes that one side deleted and the other got mail in. */
    private final Set<String> kept = new HashSet<>();

    /** How often a mail has to be in a mailbox of the result, at least and at most, and where it comes from. */
    private static final class Count {
        int low;
        int high;
        final List<String> from = new ArrayList<>();
    }

    private final Map<String, Map<String, Count>> expected = new LinkedHashMap<>();

    private Oracle(Facts facts, Picture result) {
        this.facts = facts;
        this.result = result;
        this.base = byId(facts.base);
        this.left = byId(facts.left);
        this.right = byId(facts.right);
        this.after = byId(result);
        ids.addAll(base.keySet());
        ids.addAll(left.keySet());
        ids.addAll(right.keySet());
    }

    /**
     * A judgement.
     *
     * @param wrong what is wrong, one line each; nothing if all is well
     * @param free mails whose flags and keywords may be so or otherwise, as mailbox and mail
     */
    record Judgement(List<String> wrong, Set<String> free) {}

    /** Judges a result. */
    static Judgement judge(Facts facts, Picture result) {
        Oracle oracle = new Oracle(facts, result);
        oracle.count();
        if (facts.looseTree) {
            oracle.somewhere();
        } else {
            oracle.mails();
            oracle.tree();
            oracle.subscriptions();
            if (!facts.late && !facts.brokenOff) {
                oracle.clients(Side.LEFT, oracle.left);
                oracle.clients(Side.RIGHT, oracle.right);
            }
        }
        return new Judgement(oracle.wrong, oracle.free);
    }

    private static Map<String, Folder> byId(Picture picture) {
        Map<String, Folder> map = new HashMap<>();
        for (Folder folder : picture.folders.values()) {
            map.put(folder.id(), folder);
        }
        return map;
    }

    // Mails

    private void count() {
        for (String id : ids) {
            Folder b = base.get(id);
            Folder l = left.get(id);
            Folder r = right.get(id);
            if (l != null && r != null) {
                Map<String, int[]> counts = new TreeMap<>();
                tally(b, l, r, counts);
                counts.forEach((mail, n) -> {
                    // The same mail that one side got, and the other got and took away, may be seen either way.
                    int newLeft = facts.isRemoved(Side.RIGHT, id, mail) ? 0 : n[1];
                    int newRight = facts.isRemoved(Side.LEFT, id, mail) ? 0 : n[2];
                    expect(id, mail, n[0] + Math.max(newLeft, newRight), n[0] + Math.max(n[1], n[2]));
                });
            } else if (l != null || r != null) {
                one(id, b, l != null ? l : Objects.requireNonNull(r));
            }
        }
    }

    /** A mailbox that only one side has. */
    private void one(String id, @Nullable Folder b, Folder there) {
        Map<String, int[]> counts = new TreeMap<>();
        boolean anythingNew = false;
        for (Mail mail : there.mails.values()) {
            boolean old = b != null && isThere(b, mail);
            counts.computeIfAbsent(mail.guid(), key -> new int[2])[old ? 0 : 1]++;
            anythingNew |= !old;
        }
        if (b != null && anythingNew) {
            kept.add(id);
        }
        // What was new may have gone during the sync, when it was settled already that the mailbox is kept.
        boolean all = b == null || anythingNew || facts.late;
        Side other = left.get(id) == null ? Side.LEFT : Side.RIGHT;
        counts.forEach((mail, n) -> {
            boolean either = facts.isRemoved(other, id, mail);
            expect(id, mail, either ? 0 : n[1], all ? n[0] + n[1] : 0);
        });
    }

    private static boolean isThere(Folder folder, Mail mail) {
        Mail same = folder.mails.get(mail.uid());
        return same != null && same.guid().equals(mail.guid());
    }

    /** For each mail: how often both still have it, and how often either got it. */
    private static void tally(@Nullable Folder b, Folder l, Folder r, Map<String, int[]> counts) {
        for (Mail mail : l.mails.values()) {
            boolean old = b != null && isThere(b, mail);
            if (!old || isThere(r, mail)) {
                counts.computeIfAbsent(mail.guid(), key -> new int[3])[old ? 0 : 1]++;
            }
        }
        for (Mail mail : r.mails.values()) {
            if (b == null || !isThere(b, mail)) {
                counts.computeIfAbsent(mail.guid(), key -> new int[3])[2]++;
            }
        }
    }

    private void expect(String id, String mail, int low, int high) {
        Folder target = target(id);
        String where = target == null ? "" : target.name;
        Count count = expected.computeIfAbsent(where, key -> new TreeMap<>()).computeIfAbsent(mail, key -> new Count());
        // The same mail in two mailboxes that became one may be one or two.
        count.low = Math.max(count.low, low);
        count.high += high;
        count.from.add(id);
    }

    /**
     * What became of a mailbox: the one of its identity, or, if two became one, the one that has its last level below what is
     * above it, or the one of its name.
     */
    private @Nullable Folder target(String id) {
        Folder same = after.get(id);
        if (same != null) {
            return same;
        }
        Folder l = left.get(id);
        Folder r = right.get(id);
        if (l == null || r == null) {
            Picture then = l != null ? facts.left : facts.right;
            Folder below = result.below(l != null ? l : Objects.requireNonNull(r), then);
            if (below != null && then.of(below.id()) == null) {
                return below;
            }
        }
        Folder byLeft = l == null ? null : result.named(l.name);
        Folder named = byLeft != null || r == null ? byLeft : result.named(r.name);
        return named != null || (l != null && r != null) ? named : moved(l != null ? l : r);
    }

    /** A mailbox that became one with another, after what is above it was renamed. */
    private @Nullable Folder moved(@Nullable Folder folder) {
        Folder found = null;
        for (Map.Entry<String, Folder> entry : after.entrySet()) {
            boolean both = left.containsKey(entry.getKey()) && right.containsKey(entry.getKey());
            if (folder != null && !both && entry.getValue().leaf().equals(folder.leaf())) {
                found = entry.getValue();
            }
        }
        return found;
    }

    private void somewhere() {
        expected.forEach((where, mails) -> mails.forEach((mail, count) -> {
            boolean deleted = count.from.stream().anyMatch(this::isLateDeleted);
            if (count.low > 0 && !deleted && !facts.looseMails.contains(mail) && result.count(mail) == 0) {
                wrong.add("lost: " + mail + " of " + where);
            }
        }));
    }

    private boolean isLateDeleted(String id) {
        for (Map<String, Folder> side : List.of(left, right)) {
            Folder folder = side.get(id);
            if (folder != null
                    && (facts.lateDeleted.contains(folder.guid) || facts.lateDeletedNames.contains(folder.name))) {
                return true;
            }
        }
        return false;
    }

    private void mails() {
        expected.getOrDefault("", Map.of()).forEach((mail, count) -> {
            if (count.low > 0 && !facts.looseMails.contains(mail) && result.count(mail) == 0) {
                wrong.add("lost: " + mail + ", its mailbox is gone");
            }
        });
        for (Folder folder : result.folders.values()) {
            Map<String, Integer> there = new TreeMap<>();
            folder.mails.values().forEach(mail -> there.merge(mail.guid(), 1, Integer::sum));
            Map<String, Count> wanted = expected.getOrDefault(folder.name, Map.of());
            Set<String> all = new TreeSet<>(there.keySet());
            all.addAll(wanted.keySet());
            for (String mail : all) {
                Count count = wanted.getOrDefault(mail, new Count());
                number(folder, mail, there.getOrDefault(mail, 0), count);
                if (count.from.size() == 1 && count.high == 1 && there.getOrDefault(mail, 0) == 1) {
                    words(count.from.get(0), folder, mail);
                } else {
                    free.add(folder.name + " " + mail);
                }
            }
        }
    }

    private void number(Folder folder, String mail, int is, Count wanted) {
        int low = facts.looseMails.contains(mail) ? 0 : wanted.low;
        if (is < low) {
            wrong.add("lost: " + mail + " is in " + folder.name + " " + is + " times, not " + low);
        } else if (is > wanted.high + (facts.lateMails.contains(mail) ? 1 : 0)) {
            wrong.add("doubled or back: " + mail + " is in " + folder.name + " " + is + " times, not " + wanted.high);
        }
    }

    private void words(String id, Folder folder, String mail) {
        Mail l = only(left.get(id), mail);
        Mail r = only(right.get(id), mail);
        Mail is = folder.find(mail);
        if (is == null
                || several(left.get(id), mail)
                || several(right.get(id), mail)
                || (l == null && r == null)
                || facts.looseMails.contains(mail)) {
            free.add(folder.name + " " + mail);
            return;
        }
        Set<String> all = new TreeSet<>(is.words());
        if (l != null) {
            all.addAll(l.words());
        }
        if (r != null) {
            all.addAll(r.words());
        }
        Folder b = base.get(id);
        for (String word : all) {
            boolean now = is.words().contains(word);
            Set<Boolean> allowed = new HashSet<>();
            if (l == null || r == null) {
                // A mail that was moved away and back is another one: what the other side did to the former may be
                // lost.
                allowed.add((l != null ? l : Objects.requireNonNull(r)).words().contains(word));
            } else {
                boolean old = b != null && isThere(b, l) && isThere(b, r);
                boolean byLeft =
                        !old || facts.isTouched(Side.LEFT, Objects.requireNonNull(left.get(id)).guid, l.uid(), word);
                boolean byRight =
                        !old || facts.isTouched(Side.RIGHT, Objects.requireNonNull(right.get(id)).guid, r.uid(), word);
                if (byLeft || !byRight) {
                    allowed.add(l.words().contains(word));
                }
                if (byRight || !byLeft) {
                    allowed.add(r.words().contains(word));
                }
            }
            if (allowed.size() > 1) {
                free.add(folder.name + " " + mail);
            }
            if (!allowed.contains(now)) {
                wrong.add("flag lost: " + word + " of " + mail + " in " + folder.name + " is " + now);
            }
        }
    }

    private static @Nullable Mail only(@Nullable Folder folder, String mail) {
        return folder == null ? null : folder.find(mail);
    }

    /** Of several mails of one identity it cannot be said which became which. */
    private static boolean several(@Nullable Folder folder, String mail) {
        return folder != null && folder.count(mail) > 1;
    }

    // The tree

    private void tree() {
        for (String id : ids) {
            presence(id);
        }
        for (Folder folder : result.folders.values()) {
            if (!ids.contains(folder.id())) {
                wrong.add("mailbox from nowhere: " + folder.name);
            }
        }
        Map<String, String> before = names(base);
        before.putIfAbsent(INBOX, INBOX);
        if (!kept.isEmpty() || facts.skewed || facts.late) {
            // Where a kept mailbox goes is not said, it may have been kept for a mail that went during the sync, and by
            // wrong clocks the wrong rename may win.
            return;
        }
        if (names(left).equals(before) && !facts.isTouchedName(Side.LEFT, Facts.TREE)) {
            sameTree(right);
        } else if (names(right).equals(before) && !facts.isTouchedName(Side.RIGHT, Facts.TREE)) {
            sameTree(left);
        } else {
            for (String id : after.keySet()) {
                renamed(id);
            }
        }
    }

    private void presence(String id) {
        Folder b = base.get(id);
        Folder l = left.get(id);
        Folder r = right.get(id);
        boolean deleted = b != null && (l == null || r == null);
        Folder now = after.get(id);
        if (deleted && !kept.contains(id) && now != null && !facts.late) {
            wrong.add("deleted mailbox is back: " + now.name);
        } else if (!deleted && target(id) == null) {
            wrong.add("mailbox lost: " + (l != null ? l : Objects.requireNonNull(r)).name);
        } else if (!deleted && l != null && r != null && now == null) {
            // Both know it as the same one: it cannot have become another.
            wrong.add("mailbox lost its identity: " + l.name);
        }
    }

    private static Map<String, String> names(Map<String, Folder> folders) {
        Map<String, String> names = new TreeMap<>();
        folders.forEach((id, folder) -> names.put(id, folder.name));
        return names;
    }

    private void sameTree(Map<String, Folder> side) {
        if (!names(after).equals(names(side))) {
            wrong.add(
                    "tree is " + names(after).values() + ", not " + names(side).values());
        }
    }

    private void renamed(String id) {
        Folder l = left.get(id);
        Folder r = right.get(id);
        Folder is = Objects.requireNonNull(after.get(id));
        String now = is.leaf();
        boolean fromLeft = l != null && now.startsWith(l.leaf());
        boolean fromRight = r != null && now.startsWith(r.leaf());
        if (!fromLeft && !fromRight) {
            wrong.add("a name nobody gave: " + is.name);
        }
        Folder b = base.get(id);
        if (l != null && r != null && b != null && !l.leaf().equals(r.leaf())) {
            if (isAsBefore(Side.RIGHT, r, b) && !fromLeft && !isWanted(l.name, id)) {
                wrong.add("rename lost: " + l.name + " is " + is.name);
            }
            if (isAsBefore(Side.LEFT, l, b) && !fromRight && !isWanted(r.name, id)) {
                wrong.add("rename lost: " + r.name + " is " + is.name);
            }
        }
    }

    /** There and back is a rename, too, and may be the later one. */
    private boolean isAsBefore(Side side, Folder now, Folder before) {
        return now.name.equals(before.name) && !facts.isTouchedName(side, Facts.TREE);
    }

    /** Whether another mailbox is called so, or may make the name impossible. */
    private boolean isWanted(String name, String but) {
        if (name.contains("/")) {
            return true; // what is above may have been put below: one of the two has to give way
        }
        for (Map<String, Folder> side : List.of(left, right, after)) {
            for (Map.Entry<String, Folder> entry : side.entrySet()) {
                if (!entry.getKey().equals(but) && entry.getValue().name.equals(name)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void subscriptions() {
        Set<String> names = new TreeSet<>(facts.left.subscribed);
        names.addAll(facts.right.subscribed);
        names.addAll(result.subscribed);
        for (String name : names) {
            boolean l = facts.left.subscribed.contains(name);
            boolean r = facts.right.subscribed.contains(name);
            boolean now = result.subscribed.contains(name);
            boolean byLeft = facts.isTouchedName(Side.LEFT, name);
            boolean byRight = facts.isTouchedName(Side.RIGHT, name);
            // By wrong clocks an older change may win.
            boolean free = byLeft == byRight || facts.skewed || facts.late;
            boolean right = l == r ? now == l : free || now == (byLeft ? l : r);
            if (!right && !(facts.late && l == r)) {
                wrong.add("subscription lost: " + name + " is " + now);
            }
        }
    }

    // What clients rely on

    private void clients(Side side, Map<String, Folder> before) {
        for (Map.Entry<String, Folder> entry : before.entrySet()) {
            Folder old = entry.getValue();
            Folder same = after.get(entry.getKey());
            Folder named = result.named(old.name);
            if (same != null) {
                client(side, old, same);
            }
            if (named != null && named != same) {
                client(side, old, named);
            }
        }
    }

    private void client(Side side, Folder old, Folder now) {
        client(side, old, now, wrong);
    }

    /** What clients of a side rely on in a mailbox they know. */
    static void client(Side side, Folder old, Folder now, List<String> wrong) {
        if (old.uidValidity != now.uidValidity) {
            return;
        }
        String where = " in " + now.name + " for clients of " + side;
        if (now.uidNext < old.uidNext || now.highestModSeq < old.highestModSeq) {
            wrong.add("UIDNEXT or HIGHESTMODSEQ went back" + where);
        }
        for (Mail mail : now.mails.values()) {
            Mail was = old.mails.get(mail.uid());
            if (was == null && mail.uid() < old.uidNext) {
                wrong.add("new mail with the old UID " + mail.uid() + where);
            } else if (was != null && !was.guid().equals(mail.guid())) {
                wrong.add("UID " + mail.uid() + " has another meaning" + where);
            } else if (was != null && !was.words().equals(mail.words()) && mail.modSeq() <= old.highestModSeq) {
                wrong.add("no new modseq for changed UID " + mail.uid() + where);
            }
        }
    }
}
