package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A mailbox of the tests: what users do to it, the log that is kept of that, and plans carried out to the letter. */
final class Replica {
    static final MailboxGuid GUID = new MailboxGuid(3, 4);

    final NavigableMap<Long, Mail> mails = new TreeMap<>();
    MailboxGuid guid = GUID;
    long uidValidity = 1234;
    long uidNext = 1;
    long firstRecentUid = 1;
    long highestModSeq = 1;
    boolean provisional;

    /** What the log says; {@link #forget} shortens it. */
    final NavigableMap<Long, Expunge> expunges = new TreeMap<>();

    private final Map<Long, Map<String, Done>> changes = new HashMap<>();
    private boolean reachesBack = true;
    private long unsynced = 1;
    private boolean unsyncedKnown = true;

    /** The last change of a flag or keyword. */
    private record Done(boolean set, long when) {}

    /** One mail; flags and keywords are words. */
    static final class Mail {
        final String guid;
        final TreeSet<String> words = new TreeSet<>();
        long modSeq;

        Mail(String guid) {
            this.guid = guid;
        }

        Mail(Mail other) {
            guid = other.guid;
            words.addAll(other.words);
            modSeq = other.modSeq;
        }

        @Override
        public String toString() {
            return guid + words + "@" + modSeq;
        }
    }

    Replica copy() {
        Replica other = new Replica();
        mails.forEach((uid, mail) -> other.mails.put(uid, new Mail(mail)));
        other.guid = guid;
        other.uidValidity = uidValidity;
        other.uidNext = uidNext;
        other.firstRecentUid = firstRecentUid;
        other.highestModSeq = highestModSeq;
        other.provisional = provisional;
        other.expunges.putAll(expunges);
        changes.forEach((uid, done) -> other.changes.put(uid, new HashMap<>(done)));
        other.reachesBack = reachesBack;
        other.unsynced = unsynced;
        other.unsyncedKnown = unsyncedKnown;
        return other;
    }

    // What users do

    long deliver(String mailGuid, String... words) {
        Mail mail = new Mail(mailGuid);
        mail.words.addAll(List.of(words));
        mail.modSeq = ++highestModSeq;
        mails.put(uidNext, mail);
        return uidNext++;
    }

    /** Sets or clears a flag ({@code \Seen}) or keyword, if that changes anything. */
    void set(long uid, String word, boolean value) {
        Mail mail = get(uid);
        if (value ? mail.words.add(word) : mail.words.remove(word)) {
            mail.modSeq = ++highestModSeq;
            changes.computeIfAbsent(uid, key -> new HashMap<>()).put(word, new Done(value, highestModSeq));
        }
    }

    void expunge(long uid) {
        remove(uid, ++highestModSeq, false);
    }

    /** A user moves the mail to another folder and back. */
    long moveOutAndBack(long uid) {
        Mail mail = get(uid);
        expunge(uid);
        return deliver(mail.guid, mail.words.toArray(String[]::new));
    }

    private void remove(long uid, long modSeq, boolean bySync) {
        Mail mail = mails.remove(uid);
        assertNotNull(mail, "no UID " + uid);
        expunges.put(uid, new Expunge(uid, hex(mail.guid), modSeq, bySync));
        changes.remove(uid);
    }

    static String hex(String mailGuid) {
        return java.util.HexFormat.of().formatHex(new MailGuid(mailGuid).to128());
    }

    Mail get(long uid) {
        Mail mail = mails.get(uid);
        assertNotNull(mail, "no UID " + uid);
        return mail;
    }

    // The log

    /** Nobody knows any more what happened up to now. */
    void forget() {
        expunges.clear();
        changes.clear();
        reachesBack = false;
        unsyncedKnown = false;
    }

    /** As {@link #forget}, for what happened up to a modseq, as after a run that saved its state. */
    void forgetUntil(long modSeq) {
        expunges.values().removeIf(expunge -> expunge.modSeq() <= modSeq);
        changes.values().forEach(done -> done.values().removeIf(change -> change.when <= modSeq));
    }

    /** The expunges' GUIDs were not noted. */
    void forgetGuids() {
        expunges.replaceAll((uid, e) -> new Expunge(uid, "", e.modSeq(), e.bySync()));
    }

    MergeInput input(boolean times) {
        Map<Long, Change> all = new HashMap<>();
        changes.forEach((uid, done) -> {
            if (!done.isEmpty()) {
                all.put(uid, change(done, times));
            }
        });
        return new MergeInput(
                snapshot(),
                new ChangeLog(
                        reachesBack,
                        new ArrayList<>(expunges.values()),
                        all,
                        unsyncedKnown && unsynced < uidNext ? unsynced : ChangeLog.ALL_SYNCED));
    }

    private static Change change(Map<String, Done> done, boolean times) {
        int added = 0;
        int removed = 0;
        List<String> keywordsAdded = new ArrayList<>();
        List<String> keywordsRemoved = new ArrayList<>();
        Map<String, Long> when = new HashMap<>();
        for (Map.Entry<String, Done> entry : done.entrySet()) {
            String word = entry.getKey();
            boolean set = entry.getValue().set;
            int flag = bit(word);
            if (flag == 0) {
                (set ? keywordsAdded : keywordsRemoved).add(word);
            } else if (set) {
                added |= flag;
            } else {
                removed |= flag;
            }
            when.put(flag == 0 ? word.toLowerCase(java.util.Locale.ROOT) : word, entry.getValue().when);
        }
        return new Change(
                new Flags(added), new Flags(removed), keywordsAdded, keywordsRemoved, times ? when : Map.of());
    }

    private static int bit(String word) {
        for (int flag = 1; flag <= Flags.DRAFT; flag <<= 1) {
            if (new Flags(flag).toString().equals(word)) {
                return flag;
            }
        }
        return 0;
    }

    // The table

    MailboxSnapshot snapshot() {
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        mails.forEach((uid, mail) -> {
            int flags = uid >= firstRecentUid ? Flags.RECENT : 0;
            List<String> keywords = new ArrayList<>();
            for (String word : mail.words) {
                flags |= bit(word);
                if (bit(word) == 0) {
                    keywords.add(word);
                }
            }
            rows.add(uid, new MailGuid(mail.guid), new Flags(flags), Keywords.of(keywords), mail.modSeq, 1000);
        });
        return rows.build(status(), new Object());
    }

    MailboxStatus status() {
        return new MailboxStatus(guid, uidValidity, uidNext, mails.size(), firstRecentUid, highestModSeq, provisional);
    }

    // Plans

    /** Carries a plan out; fails if it breaks a rule, or a client's trust. */
    void apply(MailboxPlan plan, Replica peer) {
        NavigableMap<Long, Mail> before = new TreeMap<>(mails);
        Target target = plan.target();
        boolean visible = plan.steps().stream().anyMatch(step -> !(step instanceof Update u) || u.visible());
        long now = target.exact()
                ? target.highestModSeq()
                : Math.max(highestModSeq + (visible ? 1 : 0), target.highestModSeq());
        long oldHighest = highestModSeq;
        for (Step step : plan.steps()) {
            if (step instanceof MailboxPlan.Expunge e) {
                assertEquals(get(e.uid()).guid, e.guid().value());
                remove(e.uid(), now, true);
            } else if (step instanceof Renumber r) {
                remove(r.uid(), now, true);
            }
        }
        for (Step step : plan.steps()) {
            put(step, before, peer, target, now);
        }
        for (Map.Entry<Long, Mail> entry : mails.entrySet()) {
            check(entry.getKey(), before.get(entry.getKey()), entry.getValue(), oldHighest);
        }
        takeNumbers(target, now);
    }

    private void check(long uid, @Nullable Mail old, Mail mail, long oldHighest) {
        if (provisional) {
            return;
        }
        if (old == null) {
            assertTrue(uid >= uidNext, "UID " + uid + " is used although it had passed");
            assertTrue(mail.modSeq > oldHighest, "a new mail with an old modseq");
        } else {
            assertEquals(old.guid, mail.guid, "UID " + uid + " means another mail");
            assertTrue(old.words.equals(mail.words) || mail.modSeq > oldHighest, "a change with an old modseq");
            assertTrue(old.modSeq <= mail.modSeq, "modseq goes back");
        }
    }

    private void takeNumbers(Target target, long now) {
        guid = target.guid();
        long lastUid = mails.isEmpty() ? 0 : mails.lastKey();
        if (!target.exact() && !provisional) {
            uidValidity = Math.max(uidValidity, target.uidValidity());
            uidNext = Math.max(uidNext, Math.max(target.uidNext(), lastUid + 1));
            firstRecentUid = Math.max(firstRecentUid, target.firstRecentUid());
        } else {
            assertTrue(provisional || uidNext <= target.uidNext(), "UIDNEXT goes back");
            assertTrue(lastUid < target.uidNext(), "UIDNEXT too low");
            assertTrue(highestModSeq <= now, "HIGHESTMODSEQ goes back");
            uidValidity = target.uidValidity();
            uidNext = target.uidNext();
            firstRecentUid = target.firstRecentUid();
        }
        highestModSeq = now;
        assertTrue(firstRecentUid <= uidNext);
        mails.forEach((uid, mail) -> assertTrue(mail.modSeq <= highestModSeq, "modseq above the highest"));
        provisional = false;
        unsynced = uidNext;
        unsyncedKnown = true;
    }

    private void put(Step step, Map<Long, Mail> before, Replica peer, Target target, long now) {
        if (step instanceof Update u) {
            Mail old = get(u.uid());
            Mail mail = mail(old.guid, u.flags(), u.keywords(), modSeq(target, u.modSeq(), u.visible(), now));
            assertEquals(u.visible(), !old.words.equals(mail.words), "visible or not");
            mails.put(u.uid(), mail);
        } else if (step instanceof Renumber r) {
            Mail old = Objects.requireNonNull(before.get(r.uid()));
            add(r.newUid(), mail(old.guid, r.flags(), r.keywords(), modSeq(target, r.modSeq(), true, now)));
        } else if (step instanceof Copy c) {
            Mail old = before.get(c.fromUid());
            assertNotNull(old, "copy of a mail that is not there");
            add(c.newUid(), mail(old.guid, c.flags(), c.keywords(), modSeq(target, c.modSeq(), true, now)));
        } else if (step instanceof Save s) {
            String wanted = s.guid().value();
            assertTrue(peer.mails.values().stream().anyMatch(mail -> mail.guid.equals(wanted)), "nobody has it");
            assertTrue(before.values().stream().noneMatch(mail -> mail.guid.equals(wanted)), "it is here");
            add(s.newUid(), mail(wanted, s.flags(), s.keywords(), modSeq(target, s.modSeq(), true, now)));
        }
    }

    private static long modSeq(Target target, long planned, boolean visible, long now) {
        if (target.exact()) {
            assertTrue(planned <= target.highestModSeq(), "modseq above the target's");
            return planned;
        }
        return visible ? Math.max(planned, now) : planned;
    }

    private void add(long uid, Mail mail) {
        assertNull(mails.putIfAbsent(uid, mail), "two mails for UID " + uid);
    }

    private static Mail mail(String mailGuid, Flags flags, Keywords keywords, long modSeq) {
        Mail mail = new Mail(mailGuid);
        for (int flag = 1; flag <= Flags.DRAFT; flag <<= 1) {
            if (flags.has(flag)) {
                mail.words.add(new Flags(flag).toString());
            }
        }
        mail.words.addAll(keywords.names());
        mail.modSeq = modSeq;
        return mail;
    }

    @Override
    public String toString() {
        return mails + " next " + uidNext + " highest " + highestModSeq + " recent " + firstRecentUid + " gone "
                + expunges.keySet() + " changes " + changes + (reachesBack ? "" : " forgot");
    }
}
