package dev.twinbox.engine.session;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.BodyStart;
import dev.twinbox.protocol.item.BodySum;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What is to be sent of a mail whose first bytes the other end may have. Used once. */
final class RestOfBody implements MailBody, AutoCloseable {
    private static final int PIECE = 1 << 14;

    private final MailBody whole;
    private final long from;
    private @Nullable InputStream opened;

    private RestOfBody(MailBody whole, long from, @Nullable InputStream opened) {
        this.whole = whole;
        this.from = from;
        this.opened = opened;
    }

    /**
     * All of it, if the other end has nothing or something else.
     *
     * @throws dev.twinbox.protocol.dialogue.BodyGoneException if the mail is gone
     */
    static RestOfBody of(MailBody body, BodyStart have) throws IOException {
        if (have.length() == 0) {
            return new RestOfBody(body, 0, null);
        }
        InputStream in = body.open();
        boolean fits = false;
        try {
            fits = begins(in, have);
            return fits ? new RestOfBody(body, have.length(), in) : new RestOfBody(body, 0, null);
        } finally {
            if (!fits) {
                in.close();
            }
        }
    }

    private static boolean begins(InputStream in, BodyStart have) throws IOException {
        BodySum sum = new BodySum();
        byte[] piece = new byte[PIECE];
        long left = have.length();
        while (left > 0) {
            int n = in.read(piece, 0, (int) Math.min(left, PIECE));
            if (n < 0) {
                return false;
            }
            sum.add(piece, 0, n);
            left -= n;
        }
        return BodyStart.of(sum).equals(have);
    }

    /** Behind how many bytes it begins. */
    long from() {
        return from;
    }

    @Override
    public InputStream open() throws IOException {
        InputStream in = opened;
        opened = null;
        return in != null ? in : whole.open();
    }

    /** If nobody wanted it. */
    @Override
    public void close() throws IOException {
        InputStream in = opened;
        opened = null;
        if (in != null) {
            in.close();
        }
    }
}
