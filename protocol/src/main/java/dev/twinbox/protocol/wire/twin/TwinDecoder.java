package dev.twinbox.protocol.wire.twin;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.wire.proto.BodyEnd;
import dev.twinbox.protocol.wire.proto.Credit;
import dev.twinbox.protocol.wire.proto.Failure;
import dev.twinbox.protocol.wire.proto.Hello;
import dev.twinbox.protocol.wire.proto.Sentence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds sentences in the stream of a branch, or in the control stream. Checks what can be known without knowing the
 * conversation: values, limits, and that bodies are where they belong. Not safe for use by several threads; of no use after a
 * failure.
 */
public final class TwinDecoder {
    private static final int VARINT_BITS = 7;
    private static final int VARINT_MORE = 0x80;
    private static final int LENGTH_BITS_MAX = 28;
    /** So much of a sentence says of which kind it is: a tag of a field. */
    private static final int TAG_BYTES = 5;

    private static final int BUFFER = 1 << 12;

    private final boolean control;
    private final DeletesCodec deletes = new DeletesCodec();
    private ByteBuffer in = ByteBuffer.allocate(0);
    private int length;
    private int lengthBits;
    private boolean lengthKnown;
    private byte[] sentence = new byte[0];
    private int filled;
    private boolean inBody;
    private boolean ended;

    private TwinDecoder(boolean control) {
        this.control = control;
    }

    /** For the main branch or another one. */
    public static TwinDecoder ofBranch() {
        return new TwinDecoder(false);
    }

    /** For the control stream. */
    public static TwinDecoder ofControl() {
        return new TwinDecoder(true);
    }

    /**
     * Hands over more of the stream.
     *
     * @param bytes read while {@link #next} is called; must not be changed until that returns null
     * @throws IllegalStateException if some of the last bytes are not read yet
     */
    public void feed(byte[] bytes, int offset, int count) {
        if (in.hasRemaining()) {
            throw new IllegalStateException("not all read yet");
        }
        in = ByteBuffer.wrap(bytes, offset, count);
    }

    /**
     * The next event.
     *
     * @return null if all that was fed is read and more is needed
     * @throws TwinFormatException if this is no sentence, or one that cannot be here
     */
    public @Nullable TwinEvent next() throws TwinFormatException {
        while (true) {
            if (!lengthKnown && !readLength()) {
                return null;
            }
            if (!readSentence()) {
                return null;
            }
            lengthKnown = false;
            TwinEvent event = event();
            if (event != null) {
                return event;
            }
        }
    }

    private boolean readLength() throws TwinFormatException {
        while (in.hasRemaining()) {
            int b = in.get();
            if (lengthBits >= LENGTH_BITS_MAX) {
                throw new TwinFormatException("a sentence is too long");
            }
            length |= (b & ~VARINT_MORE & 0xFF) << lengthBits;
            lengthBits += VARINT_BITS;
            if ((b & VARINT_MORE) == 0) {
                if (length > (control ? TwinLimits.CONTROL_SENTENCE_MAX : TwinLimits.LONG_SENTENCE_MAX)) {
                    throw new TwinFormatException("a sentence of " + length + " bytes is too long");
                }
                lengthKnown = true;
                filled = 0;
                return true;
            }
        }
        return false;
    }

    /** What is long is taken bit by bit, and only if it may be: a length alone costs no memory. */
    private boolean readSentence() throws TwinFormatException {
        while (filled < length && in.hasRemaining()) {
            if (filled == sentence.length) {
                sentence = Arrays.copyOf(sentence, Math.max(BUFFER, Math.min(2 * filled, length)));
            }
            boolean kindUnknown = length > TwinLimits.SENTENCE_MAX && filled < TAG_BYTES;
            int upTo = kindUnknown ? TAG_BYTES : Math.min(length, sentence.length);
            int n = Math.min(in.remaining(), upTo - filled);
            in.get(sentence, filled, n);
            filled += n;
            if (kindUnknown && filled == TAG_BYTES && !mayBeLong()) {
                throw new TwinFormatException("a sentence of " + length + " bytes is too long");
            }
        }
        if (filled < length) {
            return false;
        }
        lengthBits = 0;
        return true;
    }

    private boolean mayBeLong() {
        try {
            int field = WireFormat.getTagFieldNumber(
                    CodedInputStream.newInstance(sentence, 0, TAG_BYTES).readTag());
            return field == Sentence.HANDSHAKE_FIELD_NUMBER
                    || field == Sentence.MAILBOX_ATTRIBUTE_FIELD_NUMBER
                    || field == Sentence.MAIL_CHANGE_FIELD_NUMBER;
        } catch (IOException e) {
            return false;
        }
    }

    private @Nullable TwinEvent event() throws TwinFormatException {
        Sentence said;
        try {
            said = Sentence.parser().parseFrom(sentence, 0, length);
        } catch (InvalidProtocolBufferException e) {
            throw new TwinFormatException("a sentence is damaged");
        } finally {
            length = 0;
            if (sentence.length > TwinLimits.SENTENCE_MAX) {
                sentence = new byte[0];
            }
        }
        try {
            return event(said);
        } catch (IllegalArgumentException e) {
            throw new TwinFormatException(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable TwinEvent event(Sentence said) throws TwinFormatException {
        Sentence.KindCase kind = said.getKindCase();
        if (kind == Sentence.KindCase.KIND_NOT_SET) {
            if (said.getOptional()) {
                return null;
            }
            throw new TwinFormatException("a sentence of a kind that is not known here; the peer is newer");
        }
        checkPlace(kind);
        return switch (kind) {
            case CHUNK -> chunk(said.getChunk().getData());
            case BODY_END -> {
                inBody = false;
                yield bodyEnd(said.getBodyEnd());
            }
            case ALIVE -> null; // that it came is all it says
            case BRANCH_END -> branchEnd(said.getBranchEnd().getBranch());
            case HELLO -> hello(said.getHello());
            case CREDIT -> credit(said.getCredit());
            case FAILURE -> {
                ended = true;
                yield new TwinEvent.Failed(failure(said.getFailure()));
            }
            case MAILBOX_DELETES -> {
                SyncItem whole = deletes.part(said.getMailboxDeletes());
                yield whole == null ? null : new TwinEvent.Item(whole);
            }
            default -> {
                SyncItem item = ItemReader.item(said);
                if (item == null) {
                    throw new IllegalStateException("no item in " + kind);
                }
                inBody = TwinEncoder.hasBody(item);
                yield new TwinEvent.Item(item);
            }
        };
    }

    private void checkPlace(Sentence.KindCase kind) throws TwinFormatException {
        if (ended) {
            throw new TwinFormatException("more follows the end of a stream");
        }
        boolean ofControl = kind == Sentence.KindCase.HELLO
                || kind == Sentence.KindCase.CREDIT
                || kind == Sentence.KindCase.BRANCH_END
                || kind == Sentence.KindCase.ALIVE;
        if (ofControl != control && kind != Sentence.KindCase.FAILURE) {
            throw new TwinFormatException("a sentence is on a stream that it does not belong to");
        }
        boolean ofBody = kind == Sentence.KindCase.CHUNK || kind == Sentence.KindCase.BODY_END;
        if (ofBody != inBody && kind != Sentence.KindCase.FAILURE) {
            throw new TwinFormatException(inBody ? "a body is not complete" : "a body without an item");
        }
        if (deletes.isOpen() && kind != Sentence.KindCase.MAILBOX_DELETES) {
            throw new TwinFormatException("mailbox_deletes is not complete");
        }
    }

    private static TwinEvent chunk(ByteString data) throws TwinFormatException {
        if (data.isEmpty() || data.size() > TwinLimits.CHUNK_MAX) {
            throw new TwinFormatException("a piece of a body has " + data.size() + " bytes");
        }
        return new TwinEvent.Body(data.asReadOnlyByteBuffer());
    }

    private static TwinEvent bodyEnd(BodyEnd end) {
        return end.hasFailure()
                ? new TwinEvent.BodyBroken(failure(end.getFailure()))
                : new TwinEvent.BodyEnd(new BodyCheck(end.getLength(), end.getCrc32(), end.getCrc32C()));
    }

    private static TwinEvent hello(Hello said) {
        return new TwinEvent.Hello(new TwinHello(
                said.getMajor(),
                said.getMinor(),
                said.getCapabilitiesList(),
                said.getBranchesMax(),
                said.getPatience()));
    }

    private static TwinEvent branchEnd(int branch) throws TwinFormatException {
        if (branch < 1 || branch > TwinLimits.BRANCH_NUMBER_MAX) {
            throw new TwinFormatException("number of a branch out of range: " + Integer.toUnsignedString(branch));
        }
        return new TwinEvent.BranchEnd(branch);
    }

    private static TwinEvent credit(Credit said) throws TwinFormatException {
        boolean inRange = said.getBranch() >= 0
                && said.getBranch() <= TwinLimits.BRANCH_NUMBER_MAX
                && said.getBytes() >= 0
                && said.getBytes() <= TwinLimits.BRANCH_WINDOW
                && said.getConnectionBytes() >= 0
                && said.getConnectionBytes() <= TwinLimits.CONNECTION_WINDOW;
        if (!inRange) {
            throw new TwinFormatException("a credit is out of range");
        }
        return new TwinEvent.Credit(said.getBranch(), said.getBytes(), said.getConnectionBytes());
    }

    private static TwinFailure failure(Failure said) {
        return new TwinFailure(
                switch (said.getReach()) {
                    case REACH_MAIL -> TwinFailure.Reach.MAIL;
                    case REACH_MAILBOX -> TwinFailure.Reach.MAILBOX;
                    case REACH_SESSION, REACH_UNSPECIFIED, UNRECOGNIZED -> TwinFailure.Reach.SESSION;
                },
                switch (said.getCode()) {
                    case FAILURE_CODE_INTERNAL -> TwinFailure.Code.INTERNAL;
                    case FAILURE_CODE_PROTOCOL -> TwinFailure.Code.PROTOCOL;
                    case FAILURE_CODE_GONE -> TwinFailure.Code.GONE;
                    case FAILURE_CODE_UNSPECIFIED, UNRECOGNIZED -> TwinFailure.Code.OTHER;
                },
                said.getText());
    }
}
