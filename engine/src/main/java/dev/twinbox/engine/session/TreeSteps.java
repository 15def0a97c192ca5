package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Carries out, shows or weighs what one side's plan wants of its mailbox tree. What fails is reported, the rest is done. */
final class TreeSteps {
    private final MailStore store;
    private final SyncObserver observer;
    private final RunReport report;

    TreeSteps(MailStore store, SyncObserver observer, RunReport report) {
        this.store = store;
        this.observer = observer;
        this.report = report;
    }

    /** Says of a step that is about to be carried out that it must not be. */
    interface Veto {
        Veto NONE = new Veto() {
            @Override
            public boolean forbids(TreeChange change) {
                return false;
            }
        };

        boolean forbids(TreeChange change) throws IOException;
    }

    /** Before the mails: what is created, renamed, subscribed. */
    void before(List<TreeChange> changes) throws IOException {
        carryOut(changes, Veto.NONE);
    }

    /** After the mails: what is deleted. Nothing is, when the run met problems. */
    void after(List<TreeChange> changes, Veto veto) throws IOException {
        if (report.isSound()) {
            carryOut(changes, veto);
        } else if (!changes.isEmpty()) {
            observer.warning(null, "nothing was deleted from the mailbox tree, because the run met problems");
        }
    }

    private void carryOut(List<TreeChange> changes, Veto veto) throws IOException {
        for (TreeChange change : changes) {
            try {
                if (!veto.forbids(change)) {
                    store.apply(change);
                    report.treeChanged();
                    observer.treeChange(change, false);
                }
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                report.problem(change.name(), e);
            }
        }
    }

    /** For a plan that is only looked at. */
    void show(List<TreeChange> changes) {
        for (TreeChange change : changes) {
            report.treeChanged();
            observer.treeChange(change, true);
        }
    }

    /**
     * How many mails lie in the mailboxes that are to be deleted.
     *
     * @param origins what the mailboxes of the plan are called before it
     */
    long doomedMails(List<TreeChange> changes, Map<MailboxName, MailboxName> origins) {
        long mails = 0;
        for (TreeChange change : changes) {
            MailboxName there = origins.get(change.name());
            if (change instanceof TreeChange.Delete && there != null) {
                try (Mailbox box = store.open(there)) {
                    mails += box.status().messages();
                } catch (IOException e) {
                    report.problem(there, e);
                }
            }
        }
        return mails;
    }
}
