package dev.twinbox.engine.session;

import dev.twinbox.engine.session.RemoteRun.Mode;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.verify.Difference;
import dev.twinbox.engine.verify.Verify;
import dev.twinbox.engine.verify.VerifyListener;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.transport.dsync.DsyncPeer;
import dev.twinbox.transport.link.LocalPeer;
import dev.twinbox.transport.link.StreamLink;
import dev.twinbox.transport.twin.Pace;
import dev.twinbox.transport.twin.TwinPeer;
import dev.twinbox.transport.twin.TwinSettings;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Two accounts, and runs whose ends know nothing of each other but what they say. */
final class RemoteWorld {
    private static final int TIMEOUT_SECONDS = 60;

    /** At which byte the number of the version ends that a greeting says. */
    private static final int MINOR_AT = "VERSION\tdsync\t3\t".length();

    final MemoryAccount alpha;
    final MemoryAccount beta;
    final List<Handshake> asked = new ArrayList<>();
    final List<String> locks = new ArrayList<>();
    RemoteAsk ask = RemoteAsk.NOTHING;
    MailFilter mails = MailFilter.ALL;
    MailboxFilter mailboxes = MailboxFilter.ALL;
    String betaName = "beta.example.org";

    RemoteWorld(MemoryAccount alpha, MemoryAccount beta) {
        this.alpha = alpha;
        this.beta = beta;
    }

    /** Two peers that speak with one another. */
    record Peers(Peer initiator, Peer responder) {}

    /** What joins the ends. */
    interface Way {
        Peers join() throws IOException;
    }

    /** In memory. */
    static Peers local() {
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        return new Peers(pair.initiator(), pair.responder());
    }

    /** Over pipes, in dsync. */
    static Peers wire() throws IOException {
        return wire('5', Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * Over pipes that change what is said.
     *
     * @param minor the version that each end hears of the other
     * @param there after how many bytes the initiator's words break off
     * @param back after how many bytes the responder's words break off
     */
    static Peers wire(char minor, long there, long back) throws IOException {
        Pipe out = Pipe.open();
        Pipe in = Pipe.open();
        StreamLink initiator = new StreamLink(
                "beta",
                new Cut(Channels.newInputStream(in.source()), back),
                new OtherMinor(Channels.newOutputStream(out.sink()), minor));
        StreamLink responder = new StreamLink(
                "alpha",
                new Cut(Channels.newInputStream(out.source()), there),
                new OtherMinor(Channels.newOutputStream(in.sink()), minor));
        return new Peers(
                new DsyncPeer(Role.INITIATOR, initiator, TIMEOUT_SECONDS),
                new DsyncPeer(Role.RESPONDER, responder, TIMEOUT_SECONDS));
    }

    /**
     * Over pipes, in Twinbox's own protocol, as it is without compression.
     *
     * @param there after how many bytes the initiator's words break off
     * @param back after how many bytes the responder's words break off
     */
    static Peers twin(long there, long back) throws IOException {
        Pipe out = Pipe.open();
        Pipe in = Pipe.open();
        StreamLink initiator = new StreamLink(
                "beta", new Cut(Channels.newInputStream(in.source()), back), Channels.newOutputStream(out.sink()));
        StreamLink responder = new StreamLink(
                "alpha", new Cut(Channels.newInputStream(out.source()), there), Channels.newOutputStream(in.sink()));
        TwinSettings plain = new TwinSettings(0, TwinSettings.BRANCHES_MAX, Pace.UNLIMITED);
        return new Peers(
                new TwinPeer(Role.INITIATOR, initiator, TIMEOUT_SECONDS, plain),
                new TwinPeer(Role.RESPONDER, responder, TIMEOUT_SECONDS, plain));
    }

    /** Comes to its end before its time. */
    private static final class Cut extends FilterInputStream {
        private long left;

        Cut(InputStream in, long left) {
            super(in);
            this.left = left;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, n);
            return n;
        }
    }

    /** Changes the minor version of a greeting. */
    private static final class OtherMinor extends FilterOutputStream {
        private final char minor;
        private boolean said;

        OtherMinor(OutputStream out, char minor) {
            super(out);
            this.minor = minor;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            byte[] copy = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
            if (!said) {
                copy[MINOR_AT] = (byte) minor;
                said = true;
            }
            out.write(copy);
        }
    }

    /** How a run ended at both ends. */
    record Ends(Outcome initiator, Outcome responder) {
        long changes() {
            return initiator.changes() + responder.changes();
        }
    }

    Ends run(Mode mode, SyncType type, SyncState state, Way way) throws Exception {
        Peers peers = way.join();
        SyncOptions options = options(type, mailboxes, mails, state);
        FutureTask<Outcome> responder = new FutureTask<>(() -> {
            try (MailStore store = beta.openForWriting()) {
                return RemoteRun.respond(
                        store,
                        peers.responder(),
                        betaName,
                        this::answer,
                        seconds -> lock("beta", seconds),
                        new SilentObserver());
            }
        });
        Thread thread = new Thread(responder, "responder");
        thread.setDaemon(true);
        thread.start();
        Outcome outcome;
        try (MailStore store = alpha.openForWriting()) {
            outcome = RemoteRun.initiate(
                    store,
                    mode,
                    peers.initiator(),
                    "beta",
                    options,
                    ask,
                    seconds -> lock("alpha", seconds),
                    new SilentObserver(),
                    new SilentObserver());
        }
        return new Ends(outcome, responder.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    }

    private SyncOptions answer(Handshake handshake) {
        asked.add(handshake);
        MailFilter filter =
                new MailFilter(handshake.sinceTime(), handshake.untilTime(), handshake.maxSize(), handshake.flag());
        return options(Objects.requireNonNull(handshake.syncType()), mailboxes, filter, SyncState.EMPTY);
    }

    private static SyncOptions options(SyncType type, MailboxFilter mailboxes, MailFilter mails, SyncState state) {
        return new SyncOptions(type, mailboxes, mails, false, false, DeleteLimit.OFF, "alpha.example.org", state);
    }

    private java.io.Closeable lock(String who, long seconds) {
        synchronized (locks) {
            locks.add(who + " takes " + seconds);
        }
        return () -> {
            synchronized (locks) {
                locks.add(who + " gives");
            }
        };
    }

    /** What differs, but for modseqs: dsync keeps them only as far as it can. */
    List<Difference> differences() throws IOException, InterruptedException {
        try (MailStore a = alpha.openForReading();
                MailStore b = beta.openForReading()) {
            List<Difference> found = new ArrayList<>();
            for (Difference difference :
                    Verify.compare(a, b, VerifyListener.NONE).differences()) {
                if (difference.kind() != Difference.Kind.HIGHESTMODSEQ) {
                    found.add(difference);
                }
            }
            return found;
        }
    }

    /** Everything an account shows, but for modseqs: those of both ends come together only in the next run. */
    static List<String> view(MemoryAccount account) throws IOException {
        return picture(account).stream()
                .map(line -> line.replaceAll("highestModSeq=\\d+|firstRecentUid=\\d+| ?.Recent| *\\d+$", ""))
                .toList();
    }

    /** Everything an account shows. */
    static List<String> picture(MemoryAccount account) throws IOException {
        List<String> lines = new ArrayList<>();
        try (MailStore store = account.openForReading()) {
            for (MailboxNode node : store.tree().nodes()) {
                lines.add(node.name() + " " + node.existence() + " " + node.guid() + " " + node.subscribed());
                if (node.isMailbox()) {
                    try (Mailbox box = store.open(node.name())) {
                        MailboxSnapshot table = box.snapshot();
                        lines.add(node.name() + " " + table.status());
                        for (int row = 0; row < table.size(); row++) {
                            lines.add(node.name() + " " + table.uid(row) + " " + table.guid(row) + table.keywords(row)
                                    + table.flags(row) + " " + table.modSeq(row));
                        }
                    }
                }
            }
        }
        return lines;
    }

    /** Whether a mailbox holds a mail twice. */
    static boolean hasCopies(MemoryAccount account) throws IOException {
        try (MailStore store = account.openForReading()) {
            for (MailboxNode node : store.tree().mailboxes()) {
                try (Mailbox box = store.open(node.name())) {
                    MailboxSnapshot table = box.snapshot();
                    Set<MailGuid> seen = new HashSet<>();
                    for (int row = 0; row < table.size(); row++) {
                        if (!seen.add(table.guid(row))) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /** Whether a mailbox has the same numbers at both ends: then a fast run cannot see what differs. */
    boolean fastModeIsBlind() throws IOException {
        Set<List<Long>> here = numbers(alpha);
        here.retainAll(numbers(beta));
        return !here.isEmpty();
    }

    private static Set<List<Long>> numbers(MemoryAccount account) throws IOException {
        Set<List<Long>> found = new HashSet<>();
        try (MailStore store = account.openForReading()) {
            for (MailboxNode node : store.tree().mailboxes()) {
                try (Mailbox box = store.open(node.name())) {
                    MailboxStatus is = box.status();
                    found.add(List.of(is.uidValidity(), is.uidNext(), (long) is.messages(), is.highestModSeq()));
                }
            }
        }
        return found;
    }
}
