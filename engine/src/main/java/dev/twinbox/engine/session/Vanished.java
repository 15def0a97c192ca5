package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Mails that users take away during a run. The other side may have such a mail by then, under a new UID if it was to get
 * one, and the log here need not know of it: of a mail that got its UID in this run it does not, nor, in a Maildir, of one that no
 * index has seen yet. Without more it would count as a new one of that side and come back. So the next round of the run is told
 * that it is gone. Safe for use by several threads.
 */
final class Vanished {
    private final Map<MailboxName, Map<Long, MailGuid>> gone = new ConcurrentHashMap<>();

    /**
     * Notes which mails are not there any more.
     *
     * @param plan what was to be done; carried out by the other side, or about to be
     * @param now the mails as they are
     */
    void note(MailboxName name, MailboxPlan plan, MailboxSnapshot then, MailboxSnapshot now) {
        Map<Long, Long> moved = new HashMap<>();
        for (Step step : plan.steps()) {
            if (step instanceof Renumber renumber) {
                moved.put(renumber.uid(), renumber.newUid());
            }
        }
        for (int row = 0; row < then.size(); row++) {
            int there = now.rowOf(then.uid(row));
            if (there < 0 || !then.sameGuid(row, now, there)) {
                long uid = moved.getOrDefault(then.uid(row), then.uid(row));
                gone.computeIfAbsent(name, added -> new ConcurrentHashMap<>()).put(uid, then.guid(row));
            }
        }
    }

    /** A mailbox's log, and what else is known to be gone. */
    ChangeLog in(MailboxName name, ChangeLog log, MailboxSnapshot now) {
        Map<Long, MailGuid> more = gone.getOrDefault(name, Map.of());
        if (more.isEmpty()) {
            return log;
        }
        TreeMap<Long, Expunge> all = new TreeMap<>();
        more.forEach((uid, guid) -> {
            if (now.rowOf(uid) < 0) {
                all.put(uid, new Expunge(uid, guid.guid128(), now.status().highestModSeq(), false));
            }
        });
        log.expunges().forEach(one -> all.put(one.uid(), one));
        return new ChangeLog(log.reachesBack(), List.copyOf(all.values()), log.changes(), log.unsynced());
    }

    /**
     * What is left of a plan where nothing has happened but that mails are gone: then UIDs and numbers get to be those of the
     * other side, and the new ones of what is gone mean the same at both.
     *
     * @param then the mails that it was made with
     * @param now the mails as they are
     * @return null if something else has happened, or nothing
     */
    static @Nullable MailboxPlan without(MailboxPlan plan, MailboxSnapshot then, MailboxSnapshot now) {
        Set<Long> missing = new HashSet<>();
        for (int row = 0; row < then.size(); row++) {
            int there = now.rowOf(then.uid(row));
            if (there < 0) {
                missing.add(then.uid(row));
            } else if (!then.sameGuid(row, now, there) || !then.sameValues(row, now, there)) {
                return null;
            }
        }
        if (missing.isEmpty() || now.size() != then.size() - missing.size()) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        for (Step step : plan.steps()) {
            if (!missing.contains(needs(step))) {
                steps.add(step);
            }
        }
        Target target = plan.target();
        long highest = Math.max(target.highestModSeq(), now.status().highestModSeq());
        return new MailboxPlan(target.withHighestModSeq(highest), steps);
    }

    /** The UID of the mail that is there for a step; 0 if it needs none. */
    private static long needs(Step step) {
        if (step instanceof Renumber renumber) {
            return renumber.uid();
        }
        if (step instanceof MailboxPlan.Update update) {
            return update.uid();
        }
        if (step instanceof MailboxPlan.Expunge expunge) {
            return expunge.uid();
        }
        return step instanceof MailboxPlan.Copy copy ? copy.fromUid() : 0;
    }
}
