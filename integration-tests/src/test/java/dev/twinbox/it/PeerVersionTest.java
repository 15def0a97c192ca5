package dev.twinbox.it;

import dev.twinbox.protocol.wire.twin.FrameDecoder;
import dev.twinbox.protocol.wire.twin.TwinEncoder;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import dev.twinbox.protocol.wire.twin.TwinHello;
import dev.twinbox.transport.doveadm.DoveadmClient;
import dev.twinbox.transport.doveadm.DoveadmCommand;
import dev.twinbox.transport.doveadm.DoveadmServer;
import dev.twinbox.transport.doveadm.DoveadmServerSettings;
import dev.twinbox.transport.doveadm.DoveadmService;
import dev.twinbox.transport.doveadm.DoveadmTarget;
import dev.twinbox.transport.doveadm.Login;
import dev.twinbox.transport.doveadm.Refusal;
import dev.twinbox.transport.doveadm.RefusedException;
import dev.twinbox.transport.doveadm.RemoteLog;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Twinboxes of other versions: two of ours with somebody between who changes what one of them says of itself, so that to the
 * other one it is newer, or of another kind.
 */
@Timeout(300)
class PeerVersionTest extends TwinboxTest {
    private static final int SECONDS = 60;
    private static final int GREETING_MAX = 1 << 16;
    private static final Login LOGIN = new Login(Login.DEFAULT_USER, NetworkPeer.PASSWORD);

    /** A sentence of a kind that is not known yet, which says that it may be ignored. */
    private static final byte[] NEW_KIND = {5, 0x78, 1, (byte) 0xC2, 0x0C, 0};

    @ParameterizedTest(name = "the caller is changed: {0}")
    @CsvSource({"true", "false"})
    @Tag("F306")
    void aNewerMinorVersionIsSpokenWith(boolean callerIsChanged) throws Exception {
        Account source = filled("source", 3);
        Account replica = Account.maildir(sandbox, "replica");
        TwinHello newer = new TwinHello(1, 9, List.of("zstd", "teleport"), 100);
        run(source, replica, callerIsChanged, newer).mustEndWith(0).mustSay("is spoken with in Twinbox's own protocol");
        mustBeTheSame(source, replica, "a run with a newer version");
    }

    @ParameterizedTest(name = "the caller is changed: {0}")
    @CsvSource({"true", "false"})
    @Tag("F306")
    void anUnknownMajorVersionIsRefusedInWords(boolean callerIsChanged) throws Exception {
        Account source = filled("source", 1);
        Account replica = Account.maildir(sandbox, "replica");
        AccountView before = replica.view();
        TwinHello other = new TwinHello(2, 0, List.of("zstd"), 100);
        run(source, replica, callerIsChanged, other)
                .mustEndWith(75)
                .mustSay("speaks version 2 of Twinbox's protocol, this end only 1");
        before.mustEqual(replica.view(), "a run with an unknown version");
    }

    /** One that would take a dry run for a run. */
    @Test
    @Tag("F178")
    void anOlderOneIsNotAskedForADryRun() throws Exception {
        Account source = filled("source", 3);
        Account replica = filled("replica", 1);
        AccountView before = replica.view();
        TwinHello older = new TwinHello(1, 0, List.of("zstd"), 100);
        run(source, replica, false, older, "--dry-run").mustEndWith(64).mustSay("an older one that cannot plan");
        before.mustEqual(replica.view(), "a dry run that was refused");
    }

    private Ran run(Account source, Account replica, boolean callerIsChanged, TwinHello hello, String... options)
            throws Exception {
        var certificate = NetworkPeer.Certificate.make(sandbox, twinbox, "good");
        try (NetworkPeer peer = NetworkPeer.twinbox(twinbox, replica, certificate);
                Network network = Network.start(1);
                DoveadmServer between = DoveadmServer.start(
                        network,
                        settings(),
                        relay(network, peer, callerIsChanged, hello),
                        (severity, text) -> {},
                        () -> 0)) {
            List<Object> words = new ArrayList<>(List.of("-O", "-D", "-o", "mail_location=" + source.location()));
            words.addAll(List.of("-o", "mail_home=" + source.home(), "-o", "doveadm_password=" + LOGIN.password()));
            words.add("backup");
            words.addAll(List.of(options));
            words.addAll(List.of("-u", "user", "tcp:" + between.endpoint()));
            return twinbox.run(words.toArray());
        }
    }

    private static DoveadmServerSettings settings() {
        Endpoint at = new Endpoint.Tcp("localhost", 0);
        return DoveadmServerSettings.usual(at, DoveadmServerSettings.Encryption.NONE, null, LOGIN, 2);
    }

    private static DoveadmService relay(Network network, NetworkPeer peer, boolean callerIsChanged, TwinHello hello) {
        return (command, caller, log) -> {
            Link far;
            try {
                Endpoint at = Endpoint.parse(peer.plain().substring("tcp:".length()), 0);
                DoveadmTarget target = new DoveadmTarget(at, DoveadmTarget.Encryption.NONE, null, LOGIN);
                far = new DoveadmClient(network, SECONDS, SECONDS)
                        .connect(target, DoveadmCommand.dsyncServer(command.user()), RemoteLog.none());
            } catch (IOException e) {
                throw new RefusedException(Refusal.TEMPFAIL, String.valueOf(e.getMessage()));
            }
            return near -> relay(near, far, callerIsChanged, hello);
        };
    }

    private static void relay(Link near, Link far, boolean callerIsChanged, TwinHello hello) throws IOException {
        Thread up = new Thread(() -> copy(near, far, callerIsChanged ? hello : null));
        up.start();
        copy(far, near, callerIsChanged ? null : hello);
        try {
            up.join(TimeUnit.SECONDS.toMillis(SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        far.close();
    }

    /** Hands on what one end says, with another hello if one is given; then ends what the other one hears. */
    private static void copy(Link from, Link to, @Nullable TwinHello hello) {
        try (to) {
            InputStream in = from.input();
            OutputStream out = to.output();
            if (hello != null) {
                change(in, out, hello);
            }
            byte[] bytes = new byte[1 << 15];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                out.write(bytes, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            from.abort(); // the other end has gone
        }
    }

    private static void change(InputStream in, OutputStream out, TwinHello hello) throws IOException {
        byte[] magic = FrameDecoder.magic();
        ByteArrayOutputStream greeting = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < magic.length && greeting.size() < GREETING_MAX) {
            int b = in.read();
            if (b < 0) {
                return;
            }
            matched = (byte) b == magic[matched] ? matched + 1 : (byte) b == magic[0] ? 1 : 0;
            out.write(b);
            if (matched == 0) {
                out.flush(); // the greeting before it, which the other end waits for
            }
            greeting.write(b);
        }
        ByteBuffer header = ByteBuffer.wrap(in.readNBytes(TwinFrame.HEADER));
        in.readNBytes(header.getInt(0));
        out.write(TwinEncoder.hello(hello));
        if (hello.major() == 1) {
            out.write(frame(NEW_KIND));
        }
        out.flush();
    }

    private static byte[] frame(byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(TwinFrame.HEADER + payload.length);
        frame.putInt(payload.length).putInt(TwinFrame.CONTROL).putInt(0);
        CRC32C crc = new CRC32C();
        crc.update(frame.array(), 0, frame.position());
        crc.update(payload);
        return frame.putInt((int) crc.getValue()).put(payload).array();
    }
}
