package dev.twinbox.it;

import com.github.luben.zstd.Zstd;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.wire.twin.FrameDecoder;
import dev.twinbox.protocol.wire.twin.TwinDecoder;
import dev.twinbox.protocol.wire.twin.TwinEvent;
import dev.twinbox.protocol.wire.twin.TwinFormatException;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Listens to what one end says in Twinbox's own protocol, and counts for each body how much of it passed, over all connections.
 * What lies in a frame that a cut has torn is not seen: nobody could use it. Safe for use by several threads.
 */
final class BodyTally {
    private final Map<MailGuid, Body> bodies = new HashMap<>();

    /** What passed of a body. */
    static final class Body {
        private int begun;
        private int ended;
        private long bytes;

        /** How often it was begun, or gone on with. */
        int begun() {
            return begun;
        }

        /** How often its end passed. */
        int ended() {
            return ended;
        }

        /** How many bytes of it passed, before they were compressed. */
        long bytes() {
            return bytes;
        }

        @Override
        public String toString() {
            return "begun " + begun + " times, ended " + ended + " times, " + bytes + " bytes";
        }
    }

    synchronized Map<MailGuid, Body> bodies() {
        return Map.copyOf(bodies);
    }

    /** How many bytes of bodies passed in all. */
    synchronized long bytes() {
        return bodies.values().stream().mapToLong(Body::bytes).sum();
    }

    /** One more connection. */
    Relay.Ear connection() {
        return new Connection();
    }

    private final class Connection implements Relay.Ear {
        private final byte[] magic = FrameDecoder.magic();
        private final FrameDecoder frames = new FrameDecoder();
        private final Map<Integer, TwinDecoder> branches = new HashMap<>();
        private final Map<Integer, Body> open = new HashMap<>();
        private int matched;

        @Override
        public void heard(byte[] bytes, int count) {
            ByteBuffer in = ByteBuffer.wrap(bytes, 0, count);
            while (matched < magic.length && in.hasRemaining()) {
                byte next = in.get();
                matched = next == magic[matched] ? matched + 1 : next == magic[0] ? 1 : 0;
                if (matched == magic.length) {
                    frames(ByteBuffer.wrap(magic));
                }
            }
            if (matched == magic.length) {
                frames(in);
            }
        }

        private void frames(ByteBuffer in) {
            try {
                for (TwinFrame frame = frames.next(in); frame != null; frame = frames.next(in)) {
                    if (frame.branch() != TwinFrame.CONTROL) {
                        take(frame);
                    }
                }
            } catch (TwinFormatException e) {
                throw new IllegalStateException(e);
            }
        }

        private void take(TwinFrame frame) throws TwinFormatException {
            TwinDecoder decoder = branches.computeIfAbsent(frame.branch(), number -> TwinDecoder.ofBranch());
            byte[] plain =
                    frame.isCompressed() ? Zstd.decompress(frame.payload(), frame.plainLength()) : frame.payload();
            decoder.feed(plain, 0, plain.length);
            synchronized (BodyTally.this) {
                for (TwinEvent event = decoder.next(); event != null; event = decoder.next()) {
                    count(frame.branch(), event);
                }
            }
        }

        private void count(int branch, TwinEvent event) {
            @Nullable Body body = open.get(branch);
            if (event instanceof TwinEvent.Item said && said.item() instanceof Mail mail && mail.hasStream()) {
                Body begun = bodies.computeIfAbsent(Objects.requireNonNull(mail.guid()), guid -> new Body());
                begun.begun++;
                open.put(branch, begun);
            } else if (body != null && event instanceof TwinEvent.Body piece) {
                body.bytes += piece.bytes().remaining();
            } else if (body != null && event instanceof TwinEvent.BodyEnd) {
                body.ended++;
                open.remove(branch);
            }
        }
    }
}
