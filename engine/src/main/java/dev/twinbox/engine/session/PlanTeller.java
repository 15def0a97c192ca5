package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Planned;
import dev.twinbox.protocol.item.Planned.What;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The responder's half of a dry run's plan: what it would do, and what it has to say of it, goes to whoever began the run, and
 * to the observer here. Safe for use by several threads.
 */
final class PlanTeller implements SyncObserver {
    private final Peer peer;
    private final SyncObserver own;
    private boolean broken;

    /**
     * @param peer the branch of the plan
     * @param own hears everything, too
     */
    PlanTeller(Peer peer, SyncObserver own) {
        this.peer = peer;
        this.own = own;
    }

    /** That is all, or as far as it came. */
    synchronized void end() {
        try {
            if (!broken) {
                peer.send(new EndOfList());
            }
        } catch (IOException e) {
            broken = true; // the conversation is broken, and tells so itself
        }
        peer.close();
    }

    /** If that cannot be said, nothing can: the conversation itself will tell. */
    private synchronized void say(Planned planned) {
        if (!broken) {
            try {
                peer.send(planned);
            } catch (IOException e) {
                broken = true;
                own.debug(planned.mailbox(), "the plan could not be told: " + Failures.describe(e));
            }
        }
    }

    @Override
    public void sized(int mailboxes, long mails) {
        own.sized(mailboxes, mails);
    }

    @Override
    public void treeChange(TreeChange change, boolean dryRun) {
        own.treeChange(change, dryRun);
        say(item(change));
    }

    static Planned item(TreeChange change) {
        MailboxName name = change.name();
        if (change instanceof TreeChange.Create c) {
            return Planned.change(What.CREATE_MAILBOX, name, null, c.guid(), c.uidValidity());
        }
        if (change instanceof TreeChange.CreateFolder) {
            return Planned.change(What.CREATE_FOLDER, name, null, null, 0);
        }
        if (change instanceof TreeChange.Rename c) {
            return Planned.change(What.RENAME, name, c.to(), null, 0);
        }
        if (change instanceof TreeChange.Delete c) {
            return Planned.change(What.DELETE_MAILBOX, name, null, c.guid(), 0);
        }
        if (change instanceof TreeChange.DeleteFolder) {
            return Planned.change(What.DELETE_FOLDER, name, null, null, 0);
        }
        if (change instanceof TreeChange.SetGuid c) {
            return Planned.change(What.SET_GUID, name, null, c.guid(), 0);
        }
        boolean on = change instanceof TreeChange.Subscribe;
        return Planned.change(on ? What.SUBSCRIBE : What.UNSUBSCRIBE, name, null, null, 0);
    }

    @Override
    public void planned(MailboxName mailbox, MailboxPlan plan, boolean dryRun) {
        own.planned(mailbox, plan, dryRun);
        synchronized (this) {
            for (Step step : plan.steps()) {
                say(item(mailbox, step));
            }
        }
    }

    static Planned item(MailboxName mailbox, Step step) {
        if (step instanceof Expunge s) {
            return Planned.step(What.EXPUNGE, mailbox, s.uid(), 0, s.guid(), Flags.NONE, Keywords.NONE, s.reason());
        }
        if (step instanceof Update s) {
            What what = s.visible() ? What.UPDATE : What.SET_MODSEQ;
            return Planned.step(what, mailbox, s.uid(), 0, null, s.flags(), s.keywords(), s.reason());
        }
        if (step instanceof Renumber s) {
            return Planned.step(What.RENUMBER, mailbox, s.uid(), s.newUid(), null, s.flags(), s.keywords(), s.reason());
        }
        if (step instanceof Copy s) {
            return Planned.step(What.COPY, mailbox, s.fromUid(), s.newUid(), null, s.flags(), s.keywords(), s.reason());
        }
        if (step instanceof Save s) {
            return Planned.step(What.SAVE, mailbox, 0, s.newUid(), s.guid(), s.flags(), s.keywords(), s.reason());
        }
        throw new IllegalStateException("unknown step " + step.getClass());
    }

    @Override
    public void mailSaved(MailboxName mailbox, long bytes) {
        own.mailSaved(mailbox, bytes);
    }

    @Override
    public void mailboxDone(MailboxResult result, int messages) {
        own.mailboxDone(result, messages);
        Planned.Result said = new Planned.Result(
                result.status().exitCode(),
                result.skipped(),
                messages,
                result.saved(),
                result.expunged(),
                result.flagged(),
                result.renumbered(),
                result.bytes());
        say(Planned.told(What.RESULT, result.name(), result.reason(), said));
    }

    @Override
    public void warning(@Nullable MailboxName mailbox, String message) {
        own.debug(mailbox, message); // told where the run was begun
        say(Planned.told(What.WARNING, mailbox, message, Planned.Result.NONE));
    }

    @Override
    public void damage(@Nullable MailboxName mailbox, String message) {
        own.debug(mailbox, message);
        say(Planned.told(What.PROBLEM, mailbox, message, Planned.Result.NONE));
    }

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {
        own.debug(mailbox, message);
    }
}
