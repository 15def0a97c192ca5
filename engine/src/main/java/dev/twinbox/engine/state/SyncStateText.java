package dev.twinbox.engine.state;

import dev.twinbox.protocol.item.MailboxGuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The state string of {@code doveadm sync -s}, so that states can go back and forth between it and Twinbox (wire protocol,
 * section 4). Base64 with padding of, numbers little endian:
 *
 * <pre>
 *   0          4   01 00 00 00: version 1.0 (what stands here is not looked at)
 *   4 + 44 n  16   mailbox GUID
 *     + 16     4   UIDVALIDITY
 *     + 20     4   common UID
 *     + 24     8   common modseq
 *     + 32     8   common private modseq
 *     + 40     4   number of mails
 *   end - 4    4   CRC-32 of everything before
 * </pre>
 *
 * <p>Read as Dovecot 2.3 reads it: blanks, tabs and line ends may stand anywhere, padding is needed, bits left over are not
 * looked at. The form before version 1 (no header, records of 40 bytes, the CRC; or four zero bytes) counts as empty.
 * Sizes of 404 bytes and some others fit both forms; then the header decides.
 */
public final class SyncStateText {
    /** Most mailboxes in a state. Larger ones are refused before they are decoded. */
    public static final int MAILBOXES_MAX = 1_000_000;

    /** Longest text that is read, characters, its line end included. */
    public static final int TEXT_MAX = (8 + 44 * MAILBOXES_MAX + 2) / 3 * 4 + 2;

    private static final byte[] HEADER = {1, 0, 0, 0};
    private static final int RECORD = 44;
    private static final int CRC = 4;
    private static final int OLD_RECORD = 40;

    /** What a text turned out to be. */
    public sealed interface Result permits Read, Problem {}

    /**
     * A state.
     *
     * @param state may be empty
     */
    public record Read(SyncState state) implements Result {}

    /**
     * No state; the caller warns and runs in full.
     *
     * @param text what is wrong, in Dovecot's words where it has some
     */
    public record Problem(String text) implements Result {}

    private SyncStateText() {}

    /**
     * The text of a state, without a line end.
     *
     * @throws IllegalArgumentException if it has more than {@link #MAILBOXES_MAX} mailboxes
     */
    public static String encode(SyncState state) {
        int count = state.boxes().size();
        if (count > MAILBOXES_MAX) {
            throw new IllegalArgumentException("a state of " + count + " mailboxes; at most " + MAILBOXES_MAX);
        }
        ByteBuffer bytes = ByteBuffer.allocate(HEADER.length + RECORD * count + CRC)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(HEADER);
        for (Map.Entry<MailboxGuid, BoxState> entry : state.boxes().entrySet()) {
            BoxState box = entry.getValue();
            bytes.put(entry.getKey().toBytes())
                    .putInt((int) box.uidValidity())
                    .putInt((int) box.commonUid())
                    .putLong(box.commonModSeq())
                    .putLong(box.commonPrivateModSeq())
                    .putInt((int) box.messages());
        }
        bytes.putInt(crc(bytes.array(), bytes.position()));
        return new String(Base64.getEncoder().encode(bytes.array()), StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads a text. One that is empty or blank is the state of a first run, which is also what Dovecot prints when the next
     * run has to be one.
     */
    public static Result decode(String text) {
        if (text.length() > TEXT_MAX) {
            return new Problem("Input too large");
        }
        byte[] dense = withoutBlanks(text);
        if (dense.length == 0) {
            return new Read(SyncState.EMPTY);
        }
        // Java's decoder would do without padding.
        if (dense.length % 4 != 0) {
            return new Problem("Invalid base64 data");
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(dense);
        } catch (IllegalArgumentException e) {
            return new Problem("Invalid base64 data");
        }
        return decode(bytes);
    }

    private static Result decode(byte[] bytes) {
        int size = bytes.length;
        if (size == CRC && Arrays.equals(bytes, new byte[CRC])) {
            return new Read(SyncState.EMPTY);
        }
        if (size < HEADER.length + CRC) {
            return new Problem("Input too small");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean sound = buffer.getInt(size - CRC) == crc(bytes, size - CRC);
        boolean fits = (size - HEADER.length - CRC) % RECORD == 0;
        boolean fitsOld = (size - CRC) % OLD_RECORD == 0;
        if (sound && fitsOld && !(fits && Arrays.equals(bytes, 0, HEADER.length, HEADER, 0, HEADER.length))) {
            return new Read(SyncState.EMPTY);
        }
        if (!fits) {
            return new Problem("Invalid input size");
        }
        return sound ? records(bytes, buffer) : new Problem("CRC32 mismatch");
    }

    private static Result records(byte[] bytes, ByteBuffer buffer) {
        Map<MailboxGuid, BoxState> boxes = new LinkedHashMap<>();
        for (int at = HEADER.length; at < bytes.length - CRC; at += RECORD) {
            long modSeq = buffer.getLong(at + 24);
            long privateModSeq = buffer.getLong(at + 32);
            if (modSeq < 0 || privateModSeq < 0) {
                return new Problem("Modseq out of range");
            }
            boxes.put(
                    MailboxGuid.ofBytes(bytes, at),
                    new BoxState(
                            Integer.toUnsignedLong(buffer.getInt(at + 16)),
                            Integer.toUnsignedLong(buffer.getInt(at + 20)),
                            modSeq,
                            privateModSeq,
                            Integer.toUnsignedLong(buffer.getInt(at + 40))));
        }
        return new Read(SyncState.of(boxes));
    }

    private static byte[] withoutBlanks(String text) {
        byte[] dense = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
                // What is not ASCII must not become a letter by losing its upper bits.
                dense[length++] = c < 0x80 ? (byte) c : (byte) '?';
            }
        }
        return Arrays.copyOf(dense, length);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
