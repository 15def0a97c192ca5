package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.protocol.item.MailGuid;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What follows each mail in a dbox file: lines of a letter and a value, ended by an empty line (storage-formats.md, section
 * 3.1). {@code G} GUID; {@code R} received, seconds since 1970, {@code V} size with CRLF lines and {@code Z} plain size where
 * the stored bytes are others, all in hex; {@code P} POP3 UIDL; {@code O} POP3 order, decimal; {@code B} name of the mailbox
 * the mail was saved to (mdbox); {@code X} attachments that lie elsewhere. Other lines are kept as they are. Immutable.
 */
final class DboxMetadata {
    /** Begins the metadata. */
    static final byte[] MAGIC = {'\n', 1, 3, '\n'};

    /** Most bytes of all lines of one mail, the magic included: thousands of attachments. */
    static final int SIZE_MAX = 1 << 20;

    /** "The line is not there." */
    static final long UNKNOWN = -1;

    private final @Nullable MailGuid guid;
    private final long received;
    private final long virtualSize;
    private final long plainSize;
    private final Pop3 pop3;
    private final @Nullable String mailbox;
    private final @Nullable String attachments;
    private final List<String> others;

    private DboxMetadata(Builder from) {
        this.guid = from.guid;
        this.received = from.received;
        this.virtualSize = from.virtualSize;
        this.plainSize = from.plainSize;
        this.pop3 = new Pop3(from.uidl, from.order);
        this.mailbox = from.mailbox;
        this.attachments = from.attachments;
        this.others = List.copyOf(from.others);
    }

    /** Null if there is none, or none that could be one. */
    @Nullable
    MailGuid guid() {
        return guid;
    }

    /** Seconds since 1970, or {@link #UNKNOWN}. */
    long received() {
        return received;
    }

    /** With CRLF lines, in bytes, or {@link #UNKNOWN}. */
    long virtualSize() {
        return virtualSize;
    }

    /** Size of the mail itself where the stored bytes are others, or {@link #UNKNOWN}. */
    long plainSize() {
        return plainSize;
    }

    Pop3 pop3() {
        return pop3;
    }

    /** The mailbox it was saved to, as its name lies on the disk, or null. */
    @Nullable
    String mailbox() {
        return mailbox;
    }

    /** The value of {@code X}, or null. */
    @Nullable
    String attachments() {
        return attachments;
    }

    /** Whether a mail with that metadata could be a second name of the one with this. */
    boolean saysAllOf(Builder wanted) {
        return Objects.equals(guid, wanted.guid)
                && received == wanted.received
                && pop3.equals(new Pop3(wanted.uidl, wanted.order));
    }

    /** The same as a start for others. */
    Builder toBuilder() {
        Builder builder = new Builder();
        builder.guid = guid;
        builder.received = received;
        builder.virtualSize = virtualSize;
        builder.plainSize = plainSize;
        builder.uidl = pop3.uidl();
        builder.order = pop3.order();
        builder.mailbox = mailbox;
        builder.attachments = attachments;
        builder.others.addAll(others);
        return builder;
    }

    /** Magic, lines and the empty line. */
    byte[] toBytes() {
        StringBuilder text = new StringBuilder(128);
        hex(text, 'R', received);
        hex(text, 'V', virtualSize);
        hex(text, 'Z', plainSize);
        if (!pop3.uidl().isEmpty()) {
            text.append('P').append(pop3.uidl()).append('\n');
        }
        if (pop3.order() > 0) {
            text.append('O').append(pop3.order()).append('\n');
        }
        if (mailbox != null) {
            text.append('B').append(mailbox).append('\n');
        }
        if (attachments != null) {
            text.append('X').append(attachments).append('\n');
        }
        for (String line : others) {
            text.append(line).append('\n');
        }
        if (guid != null) {
            text.append('G').append(guid.value()).append('\n');
        }
        text.append('\n');
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(MAGIC.length + text.length());
        bytes.writeBytes(MAGIC);
        bytes.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private static void hex(StringBuilder text, char key, long value) {
        if (value != UNKNOWN) {
            text.append(key).append(Long.toHexString(value)).append('\n');
        }
    }

    /**
     * Where the metadata that begins at {@code at} ends, behind its empty line; -1 if it does not before {@code end}.
     *
     * @throws CorruptStoreException if there is no metadata
     */
    static int end(byte[] bytes, int at, int end) throws CorruptStoreException {
        for (int i = 0; i < MAGIC.length && at + i < end; i++) {
            if (bytes[at + i] != MAGIC[i]) {
                throw new CorruptStoreException("no metadata where the mail should end");
            }
        }
        // The magic ends in a line feed: an empty line may follow at once.
        for (int i = at + MAGIC.length; i < end; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    /** Reads what {@link #end} has found. */
    static DboxMetadata parse(byte[] bytes, int at, int end) throws CorruptStoreException {
        Builder builder = new Builder();
        int start = at + MAGIC.length;
        for (int i = start; i < end - 1; i++) {
            if (bytes[i] == '\n') {
                builder.line(new String(bytes, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        return builder.build();
    }

    /** Collects values. */
    static final class Builder {
        private @Nullable MailGuid guid;
        private long received = UNKNOWN;
        private long virtualSize = UNKNOWN;
        private long plainSize = UNKNOWN;
        private String uidl = "";
        private long order;
        private @Nullable String mailbox;
        private @Nullable String attachments;
        private final List<String> others = new ArrayList<>();

        Builder guid(MailGuid value) {
            guid = value;
            return this;
        }

        /** A date before 1970 becomes 1970: the format has no sign. */
        Builder received(long seconds) {
            received = Math.max(0, seconds);
            return this;
        }

        Builder virtualSize(long bytes) {
            virtualSize = bytes;
            return this;
        }

        Builder pop3(Pop3 value) {
            uidl = value.uidl();
            order = value.order();
            return this;
        }

        Builder mailbox(String storageName) {
            mailbox = storageName;
            return this;
        }

        DboxMetadata build() {
            return new DboxMetadata(this);
        }

        private void line(String line) throws CorruptStoreException {
            if (line.isEmpty()) {
                return;
            }
            String value = line.substring(1);
            switch (line.charAt(0)) {
                case 'G' -> {
                    try {
                        guid = new MailGuid(value);
                    } catch (IllegalArgumentException e) {
                        throw new CorruptStoreException("the GUID is none: " + e.getMessage());
                    }
                }
                case 'R' -> received = DboxHeaders.hex(value, "received date");
                case 'V' -> virtualSize = DboxHeaders.hex(value, "virtual size");
                case 'Z' -> plainSize = DboxHeaders.hex(value, "plain size");
                case 'P' -> uidl = value;
                case 'O' -> order = decimal(value);
                case 'B' -> mailbox = value;
                case 'X' -> attachments = value;
                default -> others.add(line);
            }
        }

        private static long decimal(String digits) throws CorruptStoreException {
            try {
                return Long.parseUnsignedLong(digits) & 0xFFFF_FFFFL;
            } catch (NumberFormatException e) {
                throw new CorruptStoreException("the POP3 order is no number");
            }
        }
    }
}
