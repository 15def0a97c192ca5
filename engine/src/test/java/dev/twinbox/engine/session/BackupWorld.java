package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.verify.Difference;
import dev.twinbox.engine.verify.Verify;
import dev.twinbox.engine.verify.VerifyListener;
import dev.twinbox.engine.verify.VerifyReport;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A source, a destination, and the run between them. */
final class BackupWorld {
    /** The same as without any option but that nothing is too much to delete. */
    static final SyncOptions PLAIN = new SyncOptions(
            SyncType.CHANGED, MailboxFilter.ALL, MailFilter.ALL, false, false, DeleteLimit.OFF, "test.example.org");

    /** With {@code -f}. */
    static final SyncOptions FULL = new SyncOptions(
            SyncType.FULL, MailboxFilter.ALL, MailFilter.ALL, false, false, DeleteLimit.OFF, "test.example.org");

    private final Place source;
    private final Place destination;
    private UnaryOperator<MailStore> sourceWrapper = store -> store;
    private UnaryOperator<MailStore> destinationWrapper = store -> store;
    private int capacity = LocalPeer.CAPACITY_DEFAULT;

    BackupWorld(Place source, Place destination) {
        this.source = source;
        this.destination = destination;
    }

    /** A run that has ended. */
    record Run(Outcome outcome, Events events, int requests) {
        @Override
        public String toString() {
            return outcome + "\n  " + String.join("\n  ", events.all());
        }
    }

    BackupWorld wrapSource(UnaryOperator<MailStore> wrapper) {
        sourceWrapper = wrapper;
        return this;
    }

    BackupWorld wrapDestination(UnaryOperator<MailStore> wrapper) {
        destinationWrapper = wrapper;
        return this;
    }

    BackupWorld capacity(int items) {
        capacity = items;
        return this;
    }

    static SyncOptions dry(SyncOptions options) {
        return new SyncOptions(
                options.type(),
                options.mailboxes(),
                options.mails(),
                options.noMailSync(),
                true,
                options.deleteLimit(),
                options.hostname());
    }

    static SyncOptions limit(SyncOptions options, DeleteLimit limit) {
        return new SyncOptions(
                options.type(),
                options.mailboxes(),
                options.mails(),
                options.noMailSync(),
                options.dryRun(),
                limit,
                options.hostname());
    }

    static SyncOptions only(SyncOptions options, MailboxFilter filter) {
        return new SyncOptions(
                options.type(),
                filter,
                options.mails(),
                options.noMailSync(),
                options.dryRun(),
                options.deleteLimit(),
                options.hostname());
    }

    static SyncOptions mails(SyncOptions options, MailFilter filter) {
        return new SyncOptions(
                options.type(),
                options.mailboxes(),
                filter,
                options.noMailSync(),
                options.dryRun(),
                options.deleteLimit(),
                options.hostname());
    }

    /** One backup, with stores of its own; no thread may be left of it. */
    Run backup(SyncOptions options) throws IOException, InterruptedException {
        Events events = new Events();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        LocalPeer.Pair pair = LocalPeer.pair(capacity);
        CountingPeer initiator = new CountingPeer(pair.initiator());
        Outcome outcome;
        try (MailStore from = sourceWrapper.apply(source.openForReading());
                MailStore to = destinationWrapper.apply(destination.open())) {
            outcome = LocalRun.backup(from, to, initiator, pair.responder(), options, events);
        }
        Set<String> left = new HashSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!before.contains(thread) && thread.isAlive()) {
                left.add(thread.getName());
            }
        }
        left.retainAll(
                Set.of("source", "source-listener", Thread.currentThread().getName() + "-listener"));
        assertEquals(Set.of(), left, "threads left");
        return new Run(outcome, events, initiator.requests());
    }

    VerifyReport compare() throws IOException, InterruptedException {
        try (MailStore a = source.openForReading();
                MailStore b = destination.openForReading()) {
            return Verify.compare(a, b, VerifyListener.NONE);
        }
    }

    /**
     * Both are the same in everything, modseqs of single mails included, but not \Recent; but a mailbox without modseqs
     * (a Maildir without an index) has none to compare.
     */
    void assertSame(String message) throws IOException, InterruptedException {
        VerifyReport report = compare();
        for (Difference difference : report.differences()) {
            boolean none = difference.kind() == Difference.Kind.HIGHESTMODSEQ
                    && difference.a().equals("0");
            boolean folder = difference.kind() == Difference.Kind.FOLDER && !hasFolders(destination);
            assertTrue(none || folder, () -> message + "\n" + report.differences());
        }
        try (MailStore a = source.openForReading();
                MailStore b = destination.openForReading()) {
            for (MailboxNode node : a.tree().mailboxes()) {
                try (Mailbox one = a.open(node.name());
                        Mailbox other = b.open(node.name())) {
                    if (one.status().highestModSeq() > 0) {
                        assertEquals(rows(one, node.name()), rows(other, node.name()), message);
                    }
                }
            }
        }
    }

    /**
     * Whether a mailbox differs though all its numbers are equal. It happens if source and destination were changed
     * equally often since the last run; only {@code -f} finds it, with dsync as here.
     */
    boolean fastModeIsBlind() throws IOException {
        try (MailStore a = source.openForReading();
                MailStore b = destination.openForReading()) {
            if (!b.exists()) {
                return false;
            }
            MailboxTree there = b.tree();
            for (MailboxNode node : a.tree().mailboxes()) {
                Optional<MailboxNode> match = there.find(Objects.requireNonNull(node.guid()));
                if (match.isPresent()) {
                    try (Mailbox one = a.open(node.name());
                            Mailbox other = b.open(match.get().name())) {
                        if (MirrorMerge.looksEqual(one.status(), other.status())
                                && !rows(one, node.name()).equals(rows(other, node.name()))) {
                            return true;
                        }
                    }
                }
            }
            return false;
        }
    }

    private static boolean hasFolders(Place place) throws IOException {
        try (MailStore store = place.openForReading()) {
            return store.capabilities().folders();
        }
    }

    private static String rows(Mailbox box, MailboxName name) throws IOException {
        List<String> lines = new ArrayList<>();
        describe(box, name, lines);
        return String.join("\n", lines);
    }

    /** Everything the destination shows, to find out whether it was touched. */
    List<String> picture() throws IOException {
        return picture(destination, node -> true);
    }

    List<String> picture(java.util.function.Predicate<MailboxNode> which) throws IOException {
        return picture(destination, which);
    }

    private static List<String> picture(Place place, java.util.function.Predicate<MailboxNode> which)
            throws IOException {
        List<String> lines = new ArrayList<>();
        try (MailStore store = place.openForReading()) {
            MailboxTree tree = store.tree();
            for (MailboxNode node : tree.nodes()) {
                if (!which.test(node)) {
                    continue;
                }
                lines.add(node.name() + " " + node.existence() + " " + node.guid() + " " + node.subscribed());
                if (node.isMailbox()) {
                    try (Mailbox box = store.open(node.name())) {
                        describe(box, node.name(), lines);
                    }
                }
            }
        }
        return lines;
    }

    private static void describe(Mailbox box, MailboxName name, List<String> lines) throws IOException {
        var table = box.snapshot();
        lines.add(name + " " + table.status());
        for (int row = 0; row < table.size(); row++) {
            lines.add(name + " " + table.uid(row) + " " + table.guid(row) + " "
                    + table.flags(row).settable() + " " + table.keywords(row) + " " + table.modSeq(row));
        }
    }
}
