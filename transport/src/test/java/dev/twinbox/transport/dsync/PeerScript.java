package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer.Incoming;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import dev.twinbox.transport.dsync.Wire.Said;
import dev.twinbox.transport.link.StreamLink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Two ends that go through a conversation with random items in it. */
final class PeerScript {
    private static final MailboxGuid BOX = new MailboxGuid(0, 7);
    private static final SyncItem END = new EndOfList();
    private static final int SECONDS = 60;
    private static final int MINOR_AT = "VERSION\tdsync\t3\t".length();

    private PeerScript() {}

    enum Mode {
        TWO_WAY,
        BACKUP,
        REVERSE
    }

    record Pair(DsyncPeer initiator, DsyncPeer responder, Recorder there, Recorder back) {}

    /** What an end has said and heard, and what it has said as one text with a character for each byte. */
    record End(List<Said> said, List<Said> heard, String latin) {}

    record Both(End initiator, End responder) {}

    /** Something that may fail in a thread of its own. */
    interface Task {
        void run() throws IOException;
    }

    static Thread thread(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Keeps what passes, and changes the minor version at its beginning. */
    static final class Recorder extends FilterOutputStream {
        private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
        private final String minor;

        Recorder(OutputStream out, String minor) {
            super(out);
            this.minor = minor;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            byte[] copy = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
            if (passed.size() == 0) {
                copy[MINOR_AT] = (byte) minor.charAt(0);
            }
            passed.write(copy);
            out.write(copy);
        }
    }

    static Pair pair(String minor) throws IOException {
        return pair(minor, SECONDS);
    }

    static Pair pair(String minor, int seconds) throws IOException {
        Pipe there = Pipe.open();
        Pipe back = Pipe.open();
        Recorder out = new Recorder(Channels.newOutputStream(there.sink()), minor);
        Recorder in = new Recorder(Channels.newOutputStream(back.sink()), minor);
        return new Pair(
                new DsyncPeer(
                        Role.INITIATOR,
                        new StreamLink("responder", Channels.newInputStream(back.source()), out),
                        seconds),
                new DsyncPeer(
                        Role.RESPONDER,
                        new StreamLink("initiator", Channels.newInputStream(there.source()), in),
                        seconds),
                out,
                in);
    }

    static Both run(Mode mode, long seed, String minor) throws Exception {
        Pair pair = pair(minor);
        Talk first = talk(Role.INITIATOR, pair.initiator(), mode, seed);
        Talk second = talk(Role.RESPONDER, pair.responder(), mode, seed);
        FutureTask<Boolean> other = new FutureTask<>(() -> {
            second.run();
            pair.responder().close();
            return true;
        });
        Thread thread = new Thread(other);
        thread.setDaemon(true);
        thread.start();
        first.run();
        pair.initiator().close();
        other.get(SECONDS, TimeUnit.SECONDS);
        return new Both(
                new End(first.said, first.heard, Wire.latin(pair.there().passed.toByteArray())),
                new End(second.said, second.heard, Wire.latin(pair.back().passed.toByteArray())));
    }

    static Talk talk(Role role, DsyncPeer peer, Mode mode, long seed) {
        return new Talk(role, peer, mode, seed);
    }

    /** Just before the one mail that was asked for. */
    static Talk sourceOfOneMail(OutputStream out) throws IOException {
        Talk other = new Talk(
                Role.RESPONDER, peer(Role.RESPONDER, new byte[0], OutputStream.nullOutputStream()), Mode.BACKUP, 0);
        byte[] said = Wire.written(List.of(
                Said.of(Handshake.responder("beta")),
                Said.of(END),
                Said.of(MailboxDeletes.NONE),
                Said.of(other.info()),
                Said.of(MailRequest.of(new MailGuid("m"))),
                Said.of(END)));
        Talk talk = new Talk(Role.INITIATOR, peer(Role.INITIATOR, said, out), Mode.BACKUP, 0);
        talk.peer.send(Handshake.backup("alpha", SyncType.FULL, false));
        hear(talk.peer, 1);
        talk.peer.send(END);
        talk.peer.send(MailboxDeletes.NONE);
        hear(talk.peer, 2);
        talk.peer.send(talk.info());
        hear(talk.peer, 1);
        talk.peer.send(END);
        talk.peer.send(save("m", 1));
        talk.peer.send(END);
        hear(talk.peer, 2);
        return talk;
    }

    private static void hear(DsyncPeer peer, int items) throws IOException {
        for (int i = 0; i < items; i++) {
            peer.receive();
        }
    }

    /** The other end of {@link #sourceOfOneMail}. */
    static DsyncPeer destinationOfOneMail(byte[] said) throws IOException {
        DsyncPeer peer = peer(Role.RESPONDER, said, OutputStream.nullOutputStream());
        Talk talk = new Talk(Role.RESPONDER, peer, Mode.BACKUP, 0);
        peer.send(Handshake.responder("beta"));
        peer.receive();
        peer.send(END);
        peer.send(MailboxDeletes.NONE);
        hear(peer, 3);
        peer.send(talk.info());
        hear(peer, 3);
        peer.send(MailRequest.of(new MailGuid("m")));
        peer.send(END);
        return peer;
    }

    private static DsyncPeer peer(Role role, byte[] said, OutputStream out) {
        return new DsyncPeer(role, new StreamLink("other", new ByteArrayInputStream(said), out), SECONDS);
    }

    private static MailChange save(String guid, long uid) {
        return MailChange.save(new Uid(uid), new MailGuid(guid), ModSeq.NONE, Flags.NONE, Keywords.NONE);
    }

    /** One end. */
    static final class Talk {
        private final Role role;
        private final DsyncPeer peer;
        private final Mode mode;
        private final SplittableRandom random;
        private final RandomItems items;
        private final List<Said> said = new ArrayList<>();
        private final List<Said> heard = new ArrayList<>();

        private Talk(Role role, DsyncPeer peer, Mode mode, long seed) {
            this.role = role;
            this.peer = peer;
            this.mode = mode;
            long own = seed * 2 + (role == Role.INITIATOR ? 0 : 1);
            this.random = new SplittableRandom(own);
            this.items = new RandomItems(own);
        }

        DsyncPeer peer() {
            return peer;
        }

        private boolean exports() {
            return mode == Mode.TWO_WAY || (mode == Mode.BACKUP) == (role == Role.INITIATOR);
        }

        private boolean imports() {
            return mode == Mode.TWO_WAY || !exports();
        }

        void run() throws IOException {
            hello();
            both(this::sayTree, () -> {
                hearList();
                hear();
            });
            // As many mailboxes as the initiator likes; the other hears when it is the end.
            if (role == Role.INITIATOR) {
                for (int n = random.nextInt(1, 3); n > 0; n--) {
                    say(info());
                    hear();
                    mailbox();
                }
                say(END);
                if (peer.knowsFinish()) {
                    hear();
                }
            } else {
                while (hear() instanceof MailboxInfo) {
                    say(info());
                    mailbox();
                }
                if (peer.knowsFinish()) {
                    say(Finish.OK);
                }
            }
        }

        private void hello() throws IOException {
            Handshake asked =
                    switch (mode) {
                        case TWO_WAY -> Handshake.twoWay("alpha", SyncType.FULL);
                        case BACKUP -> Handshake.backup("alpha", SyncType.FULL, false);
                        case REVERSE -> Handshake.reverseBackup("alpha", SyncType.FULL, false);
                    };
            say(role == Role.INITIATOR ? asked : Handshake.responder("beta"));
            hear();
        }

        private void sayTree() throws IOException {
            for (int n = random.nextInt(4); n > 0; n--) {
                say(items.node());
            }
            say(END);
            say(items.deletes());
        }

        private MailboxInfo info() {
            return new MailboxInfo(
                    BOX,
                    false,
                    false,
                    1,
                    1,
                    0,
                    1,
                    ModSeq.NONE,
                    ModSeq.NONE,
                    true,
                    true,
                    false,
                    false,
                    0,
                    false,
                    BlockDigests.NONE,
                    List.of());
        }

        private void mailbox() throws IOException {
            List<MailRequest> offered = new ArrayList<>();
            List<MailRequest> wanted = new ArrayList<>();
            both(exports() ? this::sayChanges : () -> {}, imports() ? () -> offered.addAll(hearChanges()) : () -> {});
            both(
                    imports() ? () -> sayRequests(offered) : () -> {},
                    exports() ? () -> wanted.addAll(hearRequests()) : () -> {});
            both(exports() ? () -> sayMails(wanted) : () -> {}, imports() ? this::hearList : () -> {});
            say(new MailboxState(BOX, 1, 0, ModSeq.NONE, ModSeq.NONE, 0, false, 0));
            hear();
        }

        private void sayChanges() throws IOException {
            if (peer.knowsAttributes()) {
                for (int n = random.nextInt(4); n > 0; n--) {
                    say(items.attribute());
                }
                say(END);
            }
            for (int uid = random.nextInt(5); uid > 0; uid--) {
                say(items.change(100 - uid));
            }
            say(END);
        }

        private List<MailRequest> hearChanges() throws IOException {
            if (peer.knowsAttributes()) {
                hearList();
            }
            List<MailRequest> offered = new ArrayList<>();
            for (SyncItem item : hearList()) {
                if (item instanceof MailChange change && change.type() == MailChange.Type.SAVE) {
                    MailGuid guid = change.guid();
                    MailRequest request =
                            new MailRequest(guid, guid == null ? change.uid().value() : 5);
                    if (!offered.contains(request)) {
                        offered.add(request);
                    }
                }
            }
            return offered;
        }

        private void sayRequests(List<MailRequest> offered) throws IOException {
            for (MailRequest request : offered) {
                if (random.nextInt(4) > 0) {
                    say(request);
                }
            }
            say(END);
        }

        private List<MailRequest> hearRequests() throws IOException {
            List<MailRequest> requests = new ArrayList<>();
            for (SyncItem item : hearList()) {
                requests.add((MailRequest) item);
            }
            return requests;
        }

        private void sayMails(List<MailRequest> wanted) throws IOException {
            for (MailRequest request : wanted) {
                if (random.nextInt(4) == 0) {
                    say(Mail.gone(request));
                } else {
                    say(new Mail(request.guid(), request.guid() == null ? request.uid() : 0, "", 0, 1, 0, true));
                }
            }
            say(END);
        }

        private void say(SyncItem item) throws IOException {
            if (Formats.hasBody(item)) {
                String body = items.body();
                peer.send(item, () -> new ByteArrayInputStream(Wire.bytes(body)));
                said.add(new Said(item, body));
            } else {
                peer.send(item);
                said.add(Said.of(item));
            }
        }

        private SyncItem hear() throws IOException {
            Incoming incoming = peer.receive();
            MailBody body = incoming.body();
            if (incoming.item() instanceof Done) {
                throw new PeerException("the other side ended the run");
            }
            heard.add(new Said(incoming.item(), body == null ? null : text(body)));
            return incoming.item();
        }

        private static String text(MailBody body) throws IOException {
            try (InputStream in = body.open()) {
                return Wire.latin(in.readAllBytes());
            }
        }

        private List<SyncItem> hearList() throws IOException {
            List<SyncItem> list = new ArrayList<>();
            for (SyncItem item = hear(); !(item instanceof EndOfList); item = hear()) {
                list.add(item);
            }
            return list;
        }

        /** Says and hears at the same time. */
        private static void both(Task say, Task hear) throws IOException {
            IOException[] failure = new IOException[1];
            Thread speaker = thread(() -> {
                try {
                    say.run();
                } catch (IOException e) {
                    failure[0] = e;
                }
            });
            try {
                hear.run();
            } finally {
                join(speaker);
            }
            IOException failed = failure[0];
            if (failed != null) {
                throw failed;
            }
        }

        private static void join(Thread thread) throws PeerException {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new PeerException("interrupted");
            }
        }
    }
}
