package dev.twinbox.cli.command;

import dev.twinbox.cli.config.Location;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what it is asked, and ends as it is told. */
final class FakeEngine implements Engine {
    static final MailboxName WORK = MailboxName.parse("Work/A", '/');
    static final Outcome NOTHING = new Outcome(Status.DONE, null, List.of(), 0);

    final List<String> opened = new ArrayList<>();
    final List<SyncOptions> asked = new ArrayList<>();
    final MemoryAccount account;

    /** How runs end: one after the other, then all like {@link #outcome}. */
    final Deque<Outcome> outcomes = new ArrayDeque<>();

    Outcome outcome = NOTHING;
    boolean interrupted;
    boolean eventful;

    @Nullable
    Boolean oneWay;

    FakeEngine(Clock clock) {
        this.account = new MemoryAccount("fake", clock);
    }

    @Override
    public MailStore open(Location location, boolean readOnly, StoreReport report) {
        opened.add((readOnly ? "read " : "write ") + location.account().root());
        return account.openForReading();
    }

    @Override
    public Outcome backup(MailStore source, MailStore destination, SyncOptions options, SyncObserver observer)
            throws InterruptedException {
        if (eventful) {
            happen(observer, options);
        }
        return end(options);
    }

    @Override
    public Outcome sync(
            MailStore first,
            MailStore second,
            boolean withOneWay,
            SyncOptions options,
            SyncObserver firstObserver,
            SyncObserver secondObserver)
            throws InterruptedException {
        oneWay = withOneWay;
        if (eventful) {
            happen(secondObserver, options);
            done(secondObserver, 1);
            firstObserver.planned(WORK, flagOnly(), options.dryRun());
            done(firstObserver, 0);
        }
        return end(options);
    }

    private Outcome end(SyncOptions options) throws InterruptedException {
        asked.add(options);
        if (interrupted) {
            throw new InterruptedException();
        }
        Outcome next = outcomes.poll();
        return next == null ? outcome : next;
    }

    private static void happen(SyncObserver observer, SyncOptions options) {
        observer.sized(1, 2);
        observer.treeChange(new TreeChange.Create(WORK, new MailboxGuid(1, 2), 5), options.dryRun());
        observer.planned(WORK, plan(), options.dryRun());
        observer.warning(WORK, "odd \u001B[0m");
        observer.warning(WORK, "odd \u001B[0m");
    }

    private static void done(SyncObserver observer, int saved) {
        observer.mailboxDone(new MailboxResult(WORK, Status.DONE, "merged", false, saved, 0, 1, 0, 5L * saved), 2);
    }

    private static MailboxPlan flagOnly() {
        return new MailboxPlan(
                target(),
                List.of(new MailboxPlan.Update(
                        4, new Flags(Flags.SEEN), Keywords.NONE, 8, 0, true, "set at the other side")));
    }

    private static MailboxPlan plan() {
        Keywords keywords = Keywords.of(List.of("Todo"));
        return new MailboxPlan(
                target(),
                List.of(
                        new MailboxPlan.Expunge(3, new MailGuid("g3"), "not at the source"),
                        new MailboxPlan.Update(4, new Flags(Flags.SEEN), keywords, 8, 0, true, "flags differ"),
                        new MailboxPlan.Renumber(5, 7, Flags.NONE, Keywords.NONE, 8, 0, "other UID"),
                        new MailboxPlan.Copy(4, 8, Flags.NONE, Keywords.NONE, 8, 0, "copy"),
                        new MailboxPlan.Save(9, new MailGuid("g9"), new Flags(Flags.FLAGGED), keywords, 9, 0, "new")));
    }

    private static MailboxPlan.Target target() {
        return new MailboxPlan.Target(new MailboxGuid(1, 2), 5, 10, 1, 9, true);
    }
}
