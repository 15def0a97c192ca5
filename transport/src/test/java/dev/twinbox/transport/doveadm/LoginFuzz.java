package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.tls.Fingerprint;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;

/** Whatever a client says to a server: nobody gets to a command without the password, and nothing but an answer comes of it. */
public final class LoginFuzz {
    private static final int PIECE = 7;

    private LoginFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        Guard guard = new Guard();
        EmbeddedChannel channel = new EmbeddedChannel(new LoginHandler(guard));
        try {
            for (int at = 0; at < data.length && channel.isOpen(); at += PIECE) {
                channel.writeInbound(Unpooled.copiedBuffer(data, at, Math.min(PIECE, data.length - at)));
            }
            channel.checkException();
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static final class Guard implements LoginHandler.Owner {
        private boolean in;

        @Override
        public DoveadmServerSettings settings() {
            return DoveadmServerSettings.usual(
                    new Endpoint.Tcp("127.0.0.1", 0), DoveadmServerSettings.Encryption.NONE, null, Recorded.LOGIN, 1);
        }

        @Override
        public long loginDelay() {
            return 0;
        }

        @Override
        public void loggedIn(boolean right) {
            in |= right;
        }

        @Override
        public void admit(ChannelHandlerContext context, Fingerprint shown, LoginHandler.Verdict then) {
            throw new AssertionError("no certificate is shown without TLS");
        }

        @Override
        public void pair(
                ChannelHandlerContext context, Fingerprint shown, byte[] code, String name, LoginHandler.Verdict then) {
            throw new AssertionError("no certificate is shown without TLS");
        }

        @Override
        public void problem(String text) {
            if (text.isEmpty() || text.indexOf('\n') >= 0 || text.indexOf('\033') >= 0) {
                throw new AssertionError("harms the log: " + text);
            }
        }

        @Override
        public void command(ChannelHandlerContext context, DoveadmCommand command, int minor, boolean log) {
            if (!in) {
                throw new AssertionError("a command without a login: " + command);
            }
        }
    }
}
