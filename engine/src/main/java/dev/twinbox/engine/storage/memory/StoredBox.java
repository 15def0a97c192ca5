package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
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
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The mails and numbers of one mailbox, and what a plan does to them. Guarded by the account's lock.
 *
 * <p>An exact target is taken as it is, but for mails the plan does not speak of whose modseq is higher: theirs is cut.
 * Otherwise a mail that a client would see changed gets at least the next modseq, and no number goes down.
 */
final class StoredBox {
    private MailboxGuid guid;
    private long uidValidity;
    private long uidNext = 1;
    private long firstRecentUid = 1;
    private long highestModSeq = 1;
    private long version;
    private TreeMap<Long, StoredMail> mails = new TreeMap<>();
    private final MailGuids mailGuids;
    private final BoxLog log;
    private long saved;
    private boolean locked;
    private Attributes attributes = Attributes.NONE;

    StoredBox(MailboxGuid guid, long uidValidity, MailGuids mailGuids) {
        this.mailGuids = mailGuids;
        this.log = new BoxLog(mailGuids != MailGuids.NONE);
        this.guid = guid;
        this.uidValidity = uidValidity;
    }

    /** Takes the lock of sync programs; says whether it was free. */
    boolean tryLock() {
        boolean free = !locked;
        locked = true;
        return free;
    }

    void unlock() {
        locked = false;
    }

    MailboxGuid guid() {
        return guid;
    }

    void setGuid(MailboxGuid other) {
        guid = other;
        version++;
    }

    /** Rises with every change. */
    long version() {
        return version;
    }

    MailboxStatus status() {
        return new MailboxStatus(guid, uidValidity, uidNext, mails.size(), firstRecentUid, highestModSeq, false);
    }

    MailboxSnapshot snapshot() {
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        for (Map.Entry<Long, StoredMail> entry : mails.entrySet()) {
            StoredMail mail = entry.getValue();
            boolean recent = entry.getKey() >= firstRecentUid;
            Flags flags = recent ? new Flags(mail.flags().bits() | Flags.RECENT) : mail.flags();
            rows.add(entry.getKey(), mail.guid(), flags, mail.keywords(), mail.modSeq(), mail.received());
        }
        return rows.build(status(), version);
    }

    /** The mail of that UID and GUID; if it has another UID by now, any of that GUID. */
    @Nullable
    StoredMail find(long uid, MailGuid mailGuid) {
        StoredMail mail = mails.get(uid);
        if (mail != null && mail.guid().equals(mailGuid)) {
            return mail;
        }
        for (StoredMail other : mails.values()) {
            if (other.guid().equals(mailGuid)) {
                return other;
            }
        }
        return null;
    }

    /** What happened since a modseq. */
    ChangeLog changes(long modSeq) {
        return log.since(modSeq, mails::containsKey);
    }

    boolean holdsOwnMail() {
        Set<Long> brought = log.cameBySync();
        Set<String> renumbered = log.goneBySync();
        return mails.entrySet().stream()
                .anyMatch(mail -> !brought.contains(mail.getKey())
                        || renumbered.contains(mail.getValue().guid().guid128()));
    }

    /** Nothing that happened so far is known any more. */
    void forgetHistory() {
        log.forget(highestModSeq);
    }

    // What a client does

    /** Adds a mail as a mail server does, with the next UID and modseq. */
    long deliver(StoredMail mail) {
        long uid = uidNext++;
        highestModSeq++;
        version++;
        mails.put(uid, mail.with(mail.flags(), mail.keywords(), highestModSeq, mail.received()));
        log.came(uid, mail, highestModSeq, false);
        return uid;
    }

    void change(long uid, Flags flags, Keywords keywords) {
        StoredMail mail = existing(uid);
        highestModSeq++;
        version++;
        StoredMail after = mail.with(flags, keywords, highestModSeq, mail.received());
        mails.put(uid, after);
        log.changed(uid, mail, after, highestModSeq, false);
    }

    void expunge(long uid) {
        StoredMail mail = existing(uid);
        mails.remove(uid);
        highestModSeq++;
        version++;
        log.gone(uid, mail, highestModSeq, false);
    }

    void expungeAll() {
        if (!mails.isEmpty()) {
            highestModSeq++;
            version++;
            mails.forEach((uid, mail) -> log.gone(uid, mail, highestModSeq, false));
            mails.clear();
        }
    }

    Attributes attributes() {
        return attributes;
    }

    /** Sets and deletes entries; a deletion is remembered. Says whether anything is different. */
    boolean applyAttributes(Iterable<MailboxAttribute> changes, long now) {
        List<MailboxAttribute> next = new ArrayList<>(attributes.list());
        for (MailboxAttribute change : changes) {
            if (!Objects.equals(attributes.value(change.shared(), change.key()), change.value())
                    || change.hasStream()) {
                next.add(new MailboxAttribute(
                        change.shared(),
                        change.key(),
                        change.value(),
                        change.hasStream(),
                        change.deleted(),
                        change.lastChange() == 0 ? now : change.lastChange(),
                        new ModSeq(highestModSeq + 1)));
            }
        }
        Attributes changed = Attributes.of(next);
        if (changed.equals(attributes)) {
            return false;
        }
        attributes = changed;
        highestModSeq++;
        version++;
        return true;
    }

    /** A client has seen all mails: none of them is \Recent any more. */
    void see() {
        if (firstRecentUid != uidNext) {
            firstRecentUid = uidNext;
            version++;
        }
    }

    StoredMail existing(long uid) {
        StoredMail mail = mails.get(uid);
        if (mail == null) {
            throw new IllegalArgumentException("no mail with UID " + uid);
        }
        return mail;
    }

    // Plans

    /**
     * Carries out a plan, or nothing of it.
     *
     * @throws IllegalArgumentException if the plan does not fit the mailbox or itself
     */
    void apply(MailboxPlan plan, Map<MailGuid, StoredMail> staged) {
        Target target = plan.target();
        TreeMap<Long, StoredMail> next = new TreeMap<>(mails);
        removeMoved(plan, next);
        Set<MailGuid> used = new HashSet<>();
        for (Step step : plan.steps()) {
            put(step, target, staged, used, next);
        }
        long lastUid = next.isEmpty() ? 0 : next.lastKey();
        if (target.exact() && target.uidNext() <= lastUid) {
            throw new IllegalArgumentException("UIDNEXT " + target.uidNext() + " is not above UID " + lastUid);
        }
        boolean visible = plan.steps().stream().anyMatch(step -> !(step instanceof Update u) || u.visible());
        guid = target.guid();
        long validityBefore = uidValidity;
        if (target.exact()) {
            uidValidity = target.uidValidity();
            uidNext = target.uidNext();
            firstRecentUid = target.firstRecentUid();
            highestModSeq = target.highestModSeq();
            next.replaceAll((uid, mail) -> mail.modSeq() <= target.highestModSeq()
                    ? mail
                    : mail.with(mail.flags(), mail.keywords(), target.highestModSeq(), mail.received()));
        } else {
            uidValidity = Math.max(uidValidity, target.uidValidity());
            uidNext = Math.max(Math.max(uidNext, target.uidNext()), lastUid + 1);
            firstRecentUid = Math.max(firstRecentUid, target.firstRecentUid());
            highestModSeq = Math.max(highestModSeq + (visible ? 1 : 0), target.highestModSeq());
            for (StoredMail mail : next.values()) {
                highestModSeq = Math.max(highestModSeq, mail.modSeq());
            }
        }
        if (uidValidity != validityBefore || highestModSeq < log.last()) {
            // UIDs or modseqs have another meaning from now on.
            log.forget(highestModSeq);
        }
        note(plan, next);
        mails = next;
        version++;
    }

    private void note(MailboxPlan plan, Map<Long, StoredMail> next) {
        for (Step step : plan.steps()) {
            if (step instanceof Update u) {
                StoredMail after = java.util.Objects.requireNonNull(next.get(u.uid()));
                log.changed(u.uid(), existing(u.uid()), after, highestModSeq, true);
            } else if (!(step instanceof Copy) && oldUid(step) != 0) {
                log.gone(oldUid(step), existing(oldUid(step)), highestModSeq, true);
            }
        }
        for (Step step : plan.steps()) {
            if (newUid(step) != 0) {
                log.came(newUid(step), java.util.Objects.requireNonNull(next.get(newUid(step))), highestModSeq, true);
            }
        }
        log.synced(highestModSeq);
    }

    /** Takes out what will not be under its old UID, checking that no old UID is spoken of twice. */
    private void removeMoved(MailboxPlan plan, Map<Long, StoredMail> next) {
        Set<Long> spokenOf = new HashSet<>();
        for (Step step : plan.steps()) {
            long uid = oldUid(step);
            if (uid == 0) {
                continue;
            }
            StoredMail mail = existing(uid);
            if (step instanceof Copy) {
                continue;
            }
            if (!spokenOf.add(uid)) {
                throw new IllegalArgumentException("two steps for UID " + uid);
            }
            if (step instanceof Expunge expunge && !expunge.guid().equals(mail.guid())) {
                throw new IllegalArgumentException("UID " + uid + " is another mail");
            }
            if (!(step instanceof Update)) {
                next.remove(uid);
            }
        }
    }

    private static long oldUid(Step step) {
        if (step instanceof Expunge expunge) {
            return expunge.uid();
        }
        if (step instanceof Update update) {
            return update.uid();
        }
        if (step instanceof Renumber renumber) {
            return renumber.uid();
        }
        return step instanceof Copy copy ? copy.fromUid() : 0;
    }

    private static long newUid(Step step) {
        if (step instanceof Renumber renumber) {
            return renumber.newUid();
        }
        if (step instanceof Copy copy) {
            return copy.newUid();
        }
        return step instanceof Save save ? save.newUid() : 0;
    }

    private void put(
            Step step,
            Target target,
            Map<MailGuid, StoredMail> staged,
            Set<MailGuid> used,
            Map<Long, StoredMail> next) {
        if (step instanceof Update u) {
            StoredMail old = existing(u.uid());
            long modSeq =
                    u.visible() || target.exact() ? modSeq(target, u.modSeq()) : Math.max(old.modSeq(), u.modSeq());
            next.put(u.uid(), old.with(u.flags(), u.keywords(), modSeq, u.received()));
        } else if (step instanceof Renumber r) {
            StoredMail old = existing(r.uid());
            add(next, r.newUid(), old.with(r.flags(), r.keywords(), modSeq(target, r.modSeq()), r.received()));
        } else if (step instanceof Copy c) {
            StoredMail old = existing(c.fromUid()).copy();
            add(next, c.newUid(), old.with(c.flags(), c.keywords(), modSeq(target, c.modSeq()), c.received()));
        } else if (step instanceof Save s) {
            StoredMail mail = staged.get(s.guid());
            if (mail == null) {
                throw new IllegalArgumentException("mail for UID " + s.newUid() + " was not staged");
            }
            if (!used.add(s.guid())) {
                mail = mail.copy();
            }
            if (mailGuids != MailGuids.KEPT) {
                mail = mail.named(new MailGuid(guid + "-" + ++saved));
            }
            add(next, s.newUid(), mail.with(s.flags(), s.keywords(), modSeq(target, s.modSeq()), s.received()));
        }
    }

    private long modSeq(Target target, long wanted) {
        if (target.exact()) {
            if (wanted > target.highestModSeq()) {
                throw new IllegalArgumentException("modseq " + wanted + " is above the target's highest");
            }
            return wanted;
        }
        return Math.max(wanted, highestModSeq + 1);
    }

    private static void add(Map<Long, StoredMail> next, long uid, StoredMail mail) {
        if (next.putIfAbsent(new Uid(uid).value(), mail) != null) {
            throw new IllegalArgumentException("two mails for UID " + uid);
        }
    }
}
