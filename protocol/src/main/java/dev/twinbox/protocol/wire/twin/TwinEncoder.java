package dev.twinbox.protocol.wire.twin;

import com.google.protobuf.UnsafeByteOperations;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.wire.proto.Alive;
import dev.twinbox.protocol.wire.proto.BodyEnd;
import dev.twinbox.protocol.wire.proto.BranchEnd;
import dev.twinbox.protocol.wire.proto.Chunk;
import dev.twinbox.protocol.wire.proto.Credit;
import dev.twinbox.protocol.wire.proto.Failure;
import dev.twinbox.protocol.wire.proto.FailureCode;
import dev.twinbox.protocol.wire.proto.Hello;
import dev.twinbox.protocol.wire.proto.Reach;
import dev.twinbox.protocol.wire.proto.Sentence;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Sentences to the bytes of a stream: each behind its length as a varint. Without state. */
public final class TwinEncoder {
    private TwinEncoder() {}

    /** Whether a body comes with an item. */
    public static boolean hasBody(SyncItem item) {
        return item instanceof Mail mail && mail.hasStream()
                || item instanceof MailboxAttribute attribute && attribute.hasStream();
    }

    /**
     * An item.
     *
     * @throws IllegalArgumentException if it is longer than can be said, or a text in it is no valid Unicode; nothing was
     *     written
     */
    public static void item(SyncItem item, OutputStream out) throws IOException {
        if (item instanceof MailboxDeletes deletes) {
            for (Sentence part : DeletesCodec.sentences(deletes)) {
                part.writeDelimitedTo(out);
            }
            return;
        }
        Sentence sentence = ItemWriter.sentence(item);
        int size = sentence.getSerializedSize();
        boolean mayBeLong = item instanceof MailChange || item instanceof MailboxAttribute || item instanceof Handshake;
        if (size > (mayBeLong ? TwinLimits.LONG_SENTENCE_MAX : TwinLimits.SENTENCE_MAX)) {
            throw new IllegalArgumentException("an item of kind " + item.kind() + " has " + size + " bytes");
        }
        sentence.writeDelimitedTo(out);
    }

    /**
     * Some bytes of a body.
     *
     * @param length 1 to {@value TwinLimits#CHUNK_MAX}
     */
    public static void chunk(byte[] bytes, int offset, int length, OutputStream out) throws IOException {
        Chunk chunk = Chunk.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(bytes, offset, length))
                .build();
        Sentence.newBuilder().setChunk(chunk).build().writeDelimitedTo(out);
    }

    /** The end of a body. */
    public static void bodyEnd(BodyCheck check, OutputStream out) throws IOException {
        BodyEnd end = BodyEnd.newBuilder()
                .setLength(check.length())
                .setCrc32(check.crc32())
                .setCrc32C(check.crc32c())
                .build();
        Sentence.newBuilder().setBodyEnd(end).build().writeDelimitedTo(out);
    }

    /** The rest of a body cannot be had. */
    public static void bodyBroken(TwinFailure failure, OutputStream out) throws IOException {
        BodyEnd end = BodyEnd.newBuilder().setFailure(message(failure)).build();
        Sentence.newBuilder().setBodyEnd(end).build().writeDelimitedTo(out);
    }

    /** A failure that reaches no farther than its branch. */
    public static void failure(TwinFailure failure, OutputStream out) throws IOException {
        Sentence.newBuilder().setFailure(message(failure)).build().writeDelimitedTo(out);
    }

    /** The first words, as one frame behind the magic. */
    public static byte[] hello(TwinHello hello) {
        Hello said = Hello.newBuilder()
                .setMajor(hello.major())
                .setMinor(hello.minor())
                .addAllCapabilities(hello.capabilities())
                .setBranchesMax(hello.branchesMax())
                .setPatience(hello.patience())
                .build();
        return control(Sentence.newBuilder().setHello(said).build());
    }

    /** Nothing but that this end is there, as a frame. Who does not know that ignores it. */
    public static byte[] alive() {
        return control(Sentence.newBuilder()
                .setOptional(true)
                .setAlive(Alive.getDefaultInstance())
                .build());
    }

    /** Room for more, as a frame. */
    public static byte[] credit(int branch, int bytes, int connectionBytes) {
        Credit said = Credit.newBuilder()
                .setBranch(branch)
                .setBytes(bytes)
                .setConnectionBytes(connectionBytes)
                .build();
        return control(Sentence.newBuilder().setCredit(said).build());
    }

    /** Nothing more is said on a branch; as a frame. */
    public static byte[] branchEnd(int branch) {
        return control(Sentence.newBuilder()
                .setBranchEnd(BranchEnd.newBuilder().setBranch(branch))
                .build());
    }

    /** A failure of the session, as a frame. */
    public static byte[] farewell(TwinFailure failure) {
        return control(Sentence.newBuilder().setFailure(message(failure)).build());
    }

    private static byte[] control(Sentence sentence) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[TwinFrame.HEADER]);
        try {
            sentence.writeDelimitedTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] frame = out.toByteArray();
        TwinFrame.header(TwinFrame.CONTROL, 0, frame, TwinFrame.HEADER, frame.length - TwinFrame.HEADER);
        return frame;
    }

    private static Failure message(TwinFailure failure) {
        return Failure.newBuilder()
                .setReach(
                        switch (failure.reach()) {
                            case MAIL -> Reach.REACH_MAIL;
                            case MAILBOX -> Reach.REACH_MAILBOX;
                            case SESSION -> Reach.REACH_SESSION;
                        })
                .setCode(
                        switch (failure.code()) {
                            case OTHER -> FailureCode.FAILURE_CODE_UNSPECIFIED;
                            case INTERNAL -> FailureCode.FAILURE_CODE_INTERNAL;
                            case PROTOCOL -> FailureCode.FAILURE_CODE_PROTOCOL;
                            case GONE -> FailureCode.FAILURE_CODE_GONE;
                        })
                .setText(failure.text())
                .build();
    }
}
