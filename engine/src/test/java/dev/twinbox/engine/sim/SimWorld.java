package dev.twinbox.engine.sim;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.engine.session.LocalRun;
import dev.twinbox.engine.session.MailFilter;
import dev.twinbox.engine.session.MailboxFilter;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.SilentObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.session.Threads;
import dev.twinbox.engine.sim.Operation.Side;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Two accounts, their users and a link, in which a {@link History} comes true. After every sync the {@link Oracle} judges,
 * and a second sync must find nothing to do. A sync that was disturbed is repeated first.
 */
public final class SimWorld {
    /** How often a disturbed sync is repeated before it must have settled. */
    private static final int REPEATS_MAX = 2;

    private static final long MILLIS_PER_SECOND = 1000;
    private static final long INBOX_VALIDITY = 1_794_000_000;

    private final Setting setting;
    private final Map<Side, SimClock> clocks = new EnumMap<>(Side.class);
    private final Map<Side, SimAccount> accounts = new EnumMap<>(Side.class);
    private final SimUsers users;
    private final List<Operation.During> during = new ArrayList<>();
    private Picture base = new Picture();
    private boolean skewed;
    private SyncState state = SyncState.EMPTY;
    private @Nullable Disturber disturber;
    private final OneWayOracle oneWay;
    private final List<Result> results = new ArrayList<>();

    /** A run died: HIGHESTMODSEQ may be another then. */
    private boolean brokenOff;

    /** What single mails have for modseqs when a run was broken off and repeated is not promised. */
    private boolean disturbed;

    /** Makes an account. */
    public interface Maker {
        /** An account in memory. */
        Maker MEMORY = (side, clock) -> new MemorySim(side.toString(), clock);

        /** An account in which nothing exists yet. */
        SimAccount make(Side side, SimClock clock) throws IOException;
    }

    /**
     * What a history is played with.
     *
     * @param swapped the right side is the initiator
     * @param stateful every run goes on from the state that the last one ended with, as with {@code -s}
     * @param quiet nobody does anything during a run: what a history says of that is left out
     * @param oneWay the initiator is the source of {@code sync -1}; of use only while nobody is about
     * @param twice played a second time with the sides swapped, and compared: {@link SwappedSides}
     * @param threads in which runs take place
     * @param wire between the sides
     */
    public record Setting(
            Maker left,
            Maker right,
            boolean swapped,
            boolean stateful,
            boolean quiet,
            boolean oneWay,
            boolean twice,
            Threads threads,
            Wire wire) {
        /** Without a state. */
        public Setting(Maker left, Maker right, boolean swapped) {
            this(left, right, swapped, false, false, false, false, Threads.NEW, Wire.OBJECTS);
        }

        /** Memory at both sides. */
        public static final Setting MEMORY = new Setting(Maker.MEMORY, Maker.MEMORY, false);

        /** The same, with a state. */
        public static final Setting STATEFUL =
                new Setting(Maker.MEMORY, Maker.MEMORY, false, true, false, false, false, Threads.NEW, Wire.OBJECTS);

        /** With the sides swapped. */
        public Setting swap() {
            return new Setting(left, right, !swapped, stateful, quiet, oneWay, twice, threads, wire);
        }

        /** With nobody about during a run. */
        public Setting whileNobodyIsAbout() {
            return new Setting(left, right, swapped, stateful, true, oneWay, twice, threads, wire);
        }

        /** With other threads than new ones. */
        public Setting in(Threads others) {
            return new Setting(left, right, swapped, stateful, quiet, oneWay, twice, others, wire);
        }

        /** With another way between the sides. */
        public Setting over(Wire other) {
            return new Setting(left, right, swapped, stateful, quiet, oneWay, twice, threads, other);
        }

        /** One way, with nobody about. */
        public Setting onlyForth() {
            return new Setting(left, right, swapped, stateful, true, true, false, threads, wire);
        }

        /** Once more with the sides swapped, with nobody about. */
        public Setting fromEitherSide() {
            return new Setting(left, right, swapped, stateful, true, false, true, threads, wire);
        }
    }

    private SimWorld(Setting setting) throws IOException {
        this.setting = setting;
        for (Side side : Side.values()) {
            SimClock clock = new SimClock();
            clocks.put(side, clock);
            SimAccount account = (side == Side.LEFT ? setting.left() : setting.right()).make(side, clock);
            accounts.put(side, account);
            int number = side == Side.LEFT ? 0 : 1;
            account.change(
                    new TreeChange.Create(MailboxName.INBOX, new MailboxGuid(number + 1, 0), INBOX_VALIDITY + number));
        }
        users = new SimUsers(accounts);
        oneWay = new OneWayOracle(first(), users);
    }

    /** How a sync left both sides. */
    record Result(Picture picture, Oracle.Judgement judgement) {}

    private Side first() {
        return setting.swapped() ? Side.RIGHT : Side.LEFT;
    }

    /**
     * Plays a history.
     *
     * @throws AssertionError if something is not as it must be
     */
    public static void play(History history, Setting setting) throws IOException, InterruptedException {
        results(history, setting);
    }

    /** Plays a history and tells how each two-way sync ended. */
    static List<Result> results(History history, Setting setting) throws IOException, InterruptedException {
        SimWorld world = new SimWorld(setting);
        for (Operation operation : history.operations()) {
            world.play(operation);
        }
        return world.results;
    }

    /** A run that somebody does something to. */
    interface Run {
        void run() throws IOException, InterruptedException;
    }

    /** Does something to a run: lets it run or not. */
    interface Disturber {
        void around(Run run) throws IOException, InterruptedException;
    }

    /** Plays a history in which the n-th sync, counted from 1, is disturbed. */
    static void play(History history, Setting setting, int which, Disturber disturber)
            throws IOException, InterruptedException {
        SimWorld world = new SimWorld(setting);
        int syncs = 0;
        for (Operation operation : history.operations()) {
            syncs += operation instanceof Operation.Sync ? 1 : 0;
            world.disturber = operation instanceof Operation.Sync && syncs == which ? disturber : null;
            world.play(operation);
        }
    }

    private void play(Operation operation) throws IOException, InterruptedException {
        if (operation instanceof Operation.Tick tick) {
            pass(tick.seconds());
        } else if (operation instanceof Operation.Skew skew) {
            skewed = true;
            Objects.requireNonNull(clocks.get(skew.side()))
                    .setEpochMillis(SimClock.START_MILLIS + skew.seconds() * MILLIS_PER_SECOND);
        } else if (operation instanceof Operation.During event) {
            if (!setting.quiet()) {
                during.add(event);
            }
        } else if (operation instanceof Operation.Sync sync && setting.oneWay()) {
            oneWay(sync);
        } else if (operation instanceof Operation.Sync sync) {
            sync(sync);
        } else if (operation instanceof Operation.At at) {
            users.act(at);
        }
    }

    private void pass(long seconds) {
        clocks.values().forEach(clock -> clock.advanceMillis(seconds * MILLIS_PER_SECOND));
    }

    private void sync(Operation.Sync sync) throws IOException, InterruptedException {
        pass(1); // change logs know seconds: what a user did before and after a sync must be told apart
        Facts facts = new Facts(base, picture(Side.LEFT), picture(Side.RIGHT), skewed);
        users.tell(facts);
        Outcome outcome;
        Disturber other = disturber;
        if (other != null) {
            disturbed = true;
            facts.brokenOff = true;
            brokenOff = true;
            other.around(() -> run(sync, List.of()));
        }
        if (!during.isEmpty()) {
            disturbed = true;
            List<Operation.During> events = List.copyOf(during);
            during.clear();
            users.beginSync(facts);
            outcome = run(sync, events);
            users.endSync();
            for (int i = 0; i < REPEATS_MAX && (i == 0 || outcome.status() != Status.DONE); i++) {
                outcome = run(new Operation.Sync(sync.full(), 0), List.of());
            }
        } else {
            outcome = run(sync, List.of());
        }
        Outcome last = outcome;
        check(last.status() == Status.DONE, () -> "the sync ended with " + last);
        Picture result = same("after the sync", sync.full());
        Oracle.Judgement judgement = Oracle.judge(facts, result);
        check(judgement.wrong().isEmpty(), () -> String.join("\n", judgement.wrong()));
        results.add(new Result(result, judgement));
        Outcome again = run(new Operation.Sync(sync.full(), 0), List.of());
        check(again.status() == Status.DONE && again.changes() == 0, () -> "the second sync ended with " + again);
        check(
                same("after the second sync", sync.full()).lines().equals(result.lines()),
                () -> "the second sync changed something");
        base = result;
        users.forget();
        pass(1);
    }

    private void oneWay(Operation.Sync sync) throws IOException, InterruptedException {
        pass(1);
        Picture source = picture(first());
        Picture before = picture(first().other());
        Outcome outcome = run(sync, List.of());
        check(outcome.status() == Status.DONE, () -> "the sync ended with " + outcome);
        Picture after = picture(first().other());
        List<String> wrong = oneWay.judge(source, picture(first()), before, after, outcome);
        check(wrong.isEmpty(), () -> String.join("\n", wrong));
        Outcome again = run(new Operation.Sync(sync.full(), 0), List.of());
        Picture last = picture(first().other());
        check(
                again.status() == Status.DONE && again.changes() == 0,
                () -> "the second sync ended with " + again + "\n first: " + String.join("\n  ", after.lines())
                        + "\n second: " + String.join("\n  ", last.lines()));
        check(
                last.lines().equals(after.lines()),
                () -> "the second sync changed something\n first: " + String.join("\n  ", after.lines()) + "\n second: "
                        + String.join("\n  ", last.lines()));
        Picture lastSource = picture(first());
        check(lastSource.lines().equals(source.lines()), () -> "the second sync changed the source");
        users.forget();
        pass(1);
    }

    private Outcome run(Operation.Sync sync, List<Operation.During> events) throws IOException, InterruptedException {
        LocalPeer.Pair pair = setting.wire().pair(sync.capacity() == 0 ? LocalPeer.CAPACITY_DEFAULT : sync.capacity());
        Side first = first();
        SimLink one = new SimLink(pair.initiator(), events(first, events));
        SimLink other = new SimLink(pair.responder(), events(first.other(), events));
        boolean goesOn = setting.stateful() && !sync.full() && !state.isEmpty();
        SyncOptions options = new SyncOptions(
                sync.full() ? SyncType.FULL : goesOn ? SyncType.STATE : SyncType.CHANGED,
                MailboxFilter.ALL,
                MailFilter.ALL,
                false,
                false,
                DeleteLimit.OFF,
                "test.example.org",
                state);
        try (MailStore a = account(first).openForWriting();
                MailStore b = account(first.other()).openForWriting()) {
            Outcome outcome = LocalRun.sync(
                    a,
                    b,
                    setting.oneWay(),
                    one,
                    other,
                    options,
                    new SilentObserver(),
                    new SilentObserver(),
                    setting.threads());
            state = outcome.state();
            return outcome;
        }
    }

    private SimLink.Event events(Side side, List<Operation.During> events) {
        List<Operation.During> mine =
                events.stream().filter(event -> event.what().side() == side).toList();
        if (mine.isEmpty()) {
            return SimLink.Event.NONE;
        }
        return (link, item) -> {
            for (Operation.During event : mine) {
                if (event.item() == item && event.what() instanceof Operation.Cut) {
                    link.abort("the link was cut");
                } else if (event.item() == item) {
                    users.act(event.what());
                }
            }
        };
    }

    private SimAccount account(Side side) {
        return Objects.requireNonNull(accounts.get(side));
    }

    private Picture picture(Side side) throws IOException {
        try (MailStore store = account(side).openForReading()) {
            return Picture.of(store);
        }
    }

    /** Of a mailbox with equal numbers and equal content a fast run does not ask for the modseqs of single mails. */
    private Picture same(String when, boolean full) throws IOException {
        Picture left = picture(Side.LEFT);
        Picture right = picture(Side.RIGHT);
        boolean modSeqs = full && !disturbed && left.tracksMails() && right.tracksMails();
        List<String> linesLeft = left.lines(right, !brokenOff, modSeqs);
        List<String> linesRight = right.lines(left, !brokenOff, modSeqs);
        check(
                linesLeft.equals(linesRight),
                () -> "the sides differ " + when + "\n left: " + String.join("\n  ", linesLeft) + "\n right: "
                        + String.join("\n  ", linesRight));
        return left;
    }

    private static void check(boolean fine, Supplier<String> wrong) {
        if (!fine) {
            throw new AssertionError(wrong.get());
        }
    }
}
