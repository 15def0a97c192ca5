package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.ServerTls;
import dev.twinbox.transport.tls.TlsFailures;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server's part of what is said before a command runs: on the event loop, so that somebody who says nothing costs no
 * thread. Whoever does anything unexpected is cut off; the log tells why.
 */
final class LoginHandler extends ChannelInboundHandlerAdapter {
    /** Most bytes that wait while a login is delayed; nobody says more than a command before the answer. */
    private static final int WAITING_MAX = DoveadmLimits.COMMAND_LINE_MAX + DoveadmLimits.LOGIN_LINE_MAX;

    private static final byte LINE_END = '\n';

    /** The first byte of a TLS handshake. */
    private static final byte TLS_HANDSHAKE = 0x16;

    /** Longest reason that a client is told, in characters. */
    private static final int REASON_MAX = 500;

    /** What comes next. */
    private enum Phase {
        VERSION,
        LOGIN,
        DELAYED,
        COMMAND,
        OVER
    }

    /** What a connection asks of its server. */
    interface Owner {
        /** The settings. */
        DoveadmServerSettings settings();

        /** How long this address waits before a login is looked at, in milliseconds. */
        long loginDelay();

        /** A login was right, or not. */
        void loggedIn(boolean right);

        /** A client wants in with its certificate. The answer comes on the event loop. */
        void admit(ChannelHandlerContext context, Fingerprint shown, Verdict then);

        /** A client wants its certificate trusted, for a code. The answer comes on the event loop. */
        void pair(ChannelHandlerContext context, Fingerprint shown, byte[] code, String name, Verdict then);

        /** Something for the log. */
        void problem(String text);

        /** The connection is ready for its command. Called on the event loop, once, with this handler about to go. */
        void command(ChannelHandlerContext context, DoveadmCommand command, int clientMinor, boolean wantsLog);
    }

    /** Hears what was decided about a client. */
    interface Verdict {
        /**
         * Is told it.
         *
         * @param refusal null if it may come in
         */
        void is(@Nullable RefusedException refusal);
    }

    private final Owner owner;
    private @Nullable ByteBuf pending;
    private @Nullable Future<?> timer;
    private @Nullable Future<?> delay;
    private Phase phase = Phase.VERSION;
    private int clientMinor;
    private int options;
    private boolean wantsLog;
    private boolean encrypted;
    private boolean certificateTried;

    LoginHandler(Owner owner) {
        this.owner = owner;
        this.encrypted = owner.settings().encryption() == DoveadmServerSettings.Encryption.TLS;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        pending = context.alloc().buffer();
        int seconds = owner.settings().loginSeconds();
        timer = context.executor()
                .schedule(
                        () -> giveUp(context, "no command within " + seconds + " seconds"), seconds, TimeUnit.SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        phase = Phase.OVER;
        cancel(timer);
        cancel(delay);
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    private static void cancel(@Nullable Future<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof ByteBuf bytes && pending != null && phase != Phase.OVER) {
                pending.discardReadBytes();
                pending.writeBytes(bytes);
                advance(context);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** Takes all lines that are complete and whose turn it is. */
    private void advance(ChannelHandlerContext context) {
        while (phase != Phase.OVER && pending != null) {
            if (phase == Phase.DELAYED) {
                if (pending.readableBytes() > WAITING_MAX) {
                    giveUp(context, "says too much before the login");
                }
                return;
            }
            if (phase == Phase.VERSION
                    && !encrypted
                    && pending.isReadable()
                    && pending.getByte(pending.readerIndex()) == TLS_HANDSHAKE) {
                giveUp(context, "begins TLS, and this port is without");
                return;
            }
            int most = phase == Phase.COMMAND ? DoveadmLimits.COMMAND_LINE_MAX : DoveadmLimits.LOGIN_LINE_MAX;
            int length = pending.bytesBefore(Math.min(pending.readableBytes(), most + 1), LINE_END);
            if (length < 0) {
                if (pending.readableBytes() > most) {
                    giveUp(context, "sends a line longer than " + most + " bytes");
                }
                return;
            }
            String line =
                    pending.readCharSequence(length, StandardCharsets.UTF_8).toString();
            pending.skipBytes(1);
            try {
                take(context, line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
            } catch (IllegalArgumentException e) {
                giveUp(context, "speaks something else: " + e.getMessage());
            }
        }
    }

    private void take(ChannelHandlerContext context, String line) {
        switch (phase) {
            case VERSION -> version(context, line);
            case LOGIN -> login(context, line);
            case COMMAND -> command(context, line);
            case DELAYED, OVER -> throw new IllegalStateException();
        }
    }

    private void version(ChannelHandlerContext context, String line) {
        clientMinor = Versions.minor(line, "doveadm-server");
        phase = Phase.LOGIN;
        say(context, clientMinor >= Versions.PACKETS_FROM ? Versions.ofServer() + "\n-\n" : "-\n");
    }

    private void login(ChannelHandlerContext context, String line) {
        if (line.equals("STARTTLS")) {
            startTls(context);
            return;
        }
        String[] words = line.split("\t", -1);
        if (words[0].equals(CertificateLogin.EXTERNAL) || words[0].equals(CertificateLogin.PAIR)) {
            withCertificate(context, words);
            return;
        }
        if (words.length != 2 || !words[0].equals("PLAIN")) {
            throw new IllegalArgumentException("no login");
        }
        if (!encrypted && owner.settings().encryption() == DoveadmServerSettings.Encryption.STARTTLS_REQUIRED) {
            say(context, "-\n");
            giveUp(context, "sends its password without TLS, which is required here");
            return;
        }
        phase = Phase.DELAYED;
        long wait = owner.loginDelay();
        if (wait > 0) {
            delay = context.executor().schedule(() -> answer(context, words[1]), wait, TimeUnit.MILLISECONDS);
        } else {
            answer(context, words[1]);
        }
    }

    /** Login or pairing by what was shown when TLS began. One try of each connection. */
    private void withCertificate(ChannelHandlerContext context, String[] words) {
        boolean pairs = words[0].equals(CertificateLogin.PAIR);
        if (certificateTried || words.length != (pairs ? CertificateLogin.PAIR_WORDS : 1)) {
            throw new IllegalArgumentException("no login");
        }
        certificateTried = true;
        phase = Phase.DELAYED;
        SslHandler tls = context.pipeline().get(SslHandler.class);
        Fingerprint shown = tls == null ? null : ServerTls.shown(tls);
        if (shown == null) {
            decided(context, pairs, new RefusedException(Refusal.UNTRUSTED, "no certificate was shown"));
        } else if (pairs) {
            byte[] code = Base64.getDecoder().decode(words[1]);
            delay = context.executor()
                    .schedule(
                            () -> owner.pair(
                                    context, shown, code, words[2], refusal -> decided(context, true, refusal)),
                            owner.loginDelay(),
                            TimeUnit.MILLISECONDS);
        } else { // no delay: nothing can be guessed here
            owner.admit(context, shown, refusal -> decided(context, false, refusal));
        }
    }

    private void decided(ChannelHandlerContext context, boolean pairs, @Nullable RefusedException refusal) {
        if (phase != Phase.DELAYED) {
            return; // it has gone meanwhile
        }
        if (refusal == null) {
            owner.loggedIn(true);
            say(context, "+\n");
            if (pairs) {
                end(context);
            } else {
                phase = Phase.COMMAND;
                advance(context);
            }
            return;
        }
        String reason = LogLines.clean(String.valueOf(refusal.getMessage()));
        String told = reason.length() > REASON_MAX ? reason.substring(0, REASON_MAX) : reason;
        say(context, "-" + refusal.refusal().word() + "\t" + told + "\n");
        if (pairs) {
            owner.loggedIn(false);
        }
        if (!pairs && refusal.refusal() == Refusal.UNTRUSTED && owner.settings().login() != null) {
            owner.problem(reason);
            phase = Phase.LOGIN;
            advance(context);
        } else {
            giveUp(context, reason);
        }
    }

    private void answer(ChannelHandlerContext context, String sent) {
        if (phase != Phase.DELAYED) {
            return; // it has gone meanwhile
        }
        Login login = owner.settings().login();
        if (login == null) {
            say(context, "-\n");
            giveUp(context, "brings a password, and none is set here (doveadm_password)");
            return;
        }
        boolean right = login.isSent(sent);
        owner.loggedIn(right);
        if (right) {
            phase = Phase.COMMAND;
            say(context, "+\n");
            advance(context);
        } else {
            say(context, "-\n");
            giveUp(context, "does not know the password");
        }
    }

    private void startTls(ChannelHandlerContext context) {
        DoveadmServerSettings settings = owner.settings();
        if (encrypted || settings.tls() == null || clientMinor < Versions.STARTTLS_FROM) {
            throw new IllegalArgumentException("STARTTLS where there is none");
        }
        encrypted = true;
        SslHandler tls = settings.tls().handler(context.alloc(), settings.loginSeconds());
        context.pipeline().addFirst(tls);
        // What came after the word belongs to TLS, so nothing said in plain counts afterwards.
        ByteBuf rest = pending == null ? context.alloc().buffer() : pending.readRetainedSlice(pending.readableBytes());
        context.pipeline().fireChannelRead(rest.copy());
        rest.release();
    }

    private void command(ChannelHandlerContext context, String line) {
        DoveadmCommand command = DoveadmCommand.parse(line);
        if (command.isOption()) {
            wantsLog |= command.asksForLog();
            if (++options > DoveadmLimits.OPTION_LINES_MAX) {
                throw new IllegalArgumentException("more than " + DoveadmLimits.OPTION_LINES_MAX + " options");
            }
            return;
        }
        phase = Phase.OVER;
        boolean log = clientMinor >= Versions.LOG_ASKED_FROM ? wantsLog : clientMinor >= Versions.PACKETS_FROM;
        ByteBuf rest = pending == null ? context.alloc().buffer() : pending.readRetainedSlice(pending.readableBytes());
        owner.command(context, command, clientMinor, log);
        context.fireChannelRead(rest);
        context.pipeline().remove(this);
    }

    private static void say(ChannelHandlerContext context, String text) {
        ByteBuf bytes = context.alloc().buffer();
        bytes.writeCharSequence(text, StandardCharsets.UTF_8);
        context.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private void giveUp(ChannelHandlerContext context, String why) {
        if (phase == Phase.OVER) {
            return;
        }
        owner.problem(why);
        end(context);
    }

    private void end(ChannelHandlerContext context) {
        phase = Phase.OVER;
        // After what was said before.
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (phase != Phase.OVER) {
            phase = Phase.OVER;
            String tls = TlsFailures.explain(cause, false);
            owner.problem(tls != null ? tls : LogLines.clean(String.valueOf(cause.getMessage())));
        }
        context.close().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }
}
