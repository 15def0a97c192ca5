package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailboxDigest;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.Problems;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code dovecot-uidlist}: which file has which UID (storage formats, section 1.3). Immutable; rows by rising UID from 0.
 *
 * <pre>
 * 3 V1795300234 N5 G6246c404881b026bbe51000083ecc375     version 3, UIDVALIDITY, next UID, mailbox GUID
 * 2 G0f769b07891b026bcb52000083ecc375 :1795301829.M580332P19043.vm,S=174,W=182
 * </pre>
 *
 * <p>Version 1 (Courier): {@code 1 UIDVALIDITY nextUID}, then {@code UID name}. {@code N} is often too low. Bytes once
 * written do not change: writers append whole lines under {@code dovecot-uidlist.lock}, or replace the file. A line
 * without file is an expunged mail; a file without line has no UID yet.
 *
 * <p>Dovecot throws the whole list away, and with it every UID, for one bad line or one UID that does not rise. Here such
 * a line is left out and the rest stays. As Dovecot does, of two lines with one name the later wins, and a last line
 * without line end does not count; appending after one would join two lines, so a list with {@link #problems} must be
 * replaced, not appended to.
 *
 * <p>Base names are strings of one byte per character (ISO-8859-1).
 */
public final class Uidlist {
    /** Largest file read, in bytes. */
    public static final int FILE_BYTES_MAX = 1 << 30;

    /** Most lines read. */
    public static final int RECORDS_MAX = MailboxSnapshot.MAILS_MAX;

    private final int version;
    private final long uidValidity;
    private final long headerNextUid;
    private final @Nullable MailboxGuid guid;
    private final @Nullable String pop3Format;
    private final List<String> otherHeaders;
    private final List<String> problems;
    private final UidlistColumns rows;

    Uidlist(Builder from, int version, UidlistColumns rows, List<String> problems) {
        this.version = version;
        this.uidValidity = from.uidValidity;
        this.headerNextUid = from.nextUid;
        this.guid = from.guid;
        this.pop3Format = from.pop3Format;
        this.otherHeaders = from.otherHeaders;
        this.problems = problems;
        this.rows = rows;
    }

    /**
     * Reads version 3 or 1.
     *
     * @param file must not change any more: most of the list is a view of it
     * @throws CorruptStoreException if there is no usable first line, and so no UIDVALIDITY; names the line
     */
    public static Uidlist parse(byte[] file) throws CorruptStoreException {
        return new UidlistParser(file).parse(false);
    }

    /**
     * As {@link #parse}, for whoever knows already which of the UIDs count: a name that has two of them is no problem here.
     * What looking for names costs is paid by the first one who does.
     */
    static Uidlist parseUnlooked(byte[] file) throws CorruptStoreException {
        return new UidlistParser(file).parse(true);
    }

    /** 3 or 1; what is written is always 3. */
    public int version() {
        return version;
    }

    /** 1 to 2<sup>32</sup>-1. */
    public long uidValidity() {
        return uidValidity;
    }

    /** Next UID as the first line has it, 0 if it has none; often too low. */
    public long headerNextUid() {
        return headerNextUid;
    }

    /** Lowest UID no line has had: the larger of {@link #headerNextUid} and the last UID + 1. At least 1. */
    public long nextUid() {
        long after = size() == 0 ? 1 : uid(size() - 1) + 1;
        return Math.max(headerNextUid, after);
    }

    /** The mailbox's GUID, or null if the list has none (yet). */
    public @Nullable MailboxGuid guid() {
        return guid;
    }

    /** Format of POP3 UIDLs (header {@code P}), or null. */
    public @Nullable String pop3Format() {
        return pop3Format;
    }

    /** Further fields of the first line, each with its letter. */
    public List<String> otherHeaders() {
        return otherHeaders;
    }

    /** What was wrong with the file; empty if nothing. */
    public List<String> problems() {
        return problems;
    }

    /** Number of rows. */
    public int size() {
        return rows.size();
    }

    public long uid(int row) {
        return rows.uid(row);
    }

    /** Name of the mail's file up to the first colon. */
    public String base(int row) {
        return rows.base(row);
    }

    /** The mail's GUID: its own, or else the base name. */
    public MailGuid guid(int row) {
        if (rows.hasFields(row)) {
            MailGuid own = fields(row).guid();
            if (own != null) {
                return own;
            }
        }
        return MaildirName.guidOf(base(row));
    }

    /** Says the bytes of {@link #guid} to a digest; makes no objects where the GUID is the base name. */
    void addGuid(int row, MailboxDigest digest) {
        if (rows.hasFields(row) || !rows.addAscii(row, digest)) {
            for (byte next : guid(row).value().getBytes(StandardCharsets.UTF_8)) {
                digest.guid(next);
            }
        }
    }

    /** A builder for a table of these mails, which has their GUIDs in common with this list. */
    MailboxSnapshot.Builder snapshotBuilder(int room) {
        return rows.snapshotBuilder(room);
    }

    /** Adds the mail of a row to such a table. */
    void addTo(MailboxSnapshot.Builder table, int row, Flags flags, Keywords keywords, long modSeq) {
        if (rows.hasFields(row) || !rows.isAscii(row)) {
            table.add(uid(row), guid(row), flags, keywords, modSeq, MailboxSnapshot.RECEIVED_UNKNOWN);
        } else {
            rows.addTo(table, row, flags, keywords, modSeq);
        }
    }

    /** The row's other values. */
    public UidlistFields fields(int row) {
        return rows.hasFields(row) ? UidlistFields.parse(rows.fields(row), base(row)) : UidlistFields.NONE;
    }

    /** The row of a base name, or -1. */
    public int rowOfBase(String base) {
        return rows.rowOf(base);
    }

    /** The row of a file, whose name is cut at the first colon, or -1. */
    public int rowOfFile(byte[] fileName) {
        int end = 0;
        while (end < fileName.length && fileName[end] != ':') {
            end++;
        }
        return rows.rowOf(fileName, 0, end);
    }

    /** Says a row's base name to a sum of names. */
    void addBase(int row, NameSum sum) {
        rows.addBase(row, sum);
    }

    /** The row of a UID, or a negative number as from {@link Arrays#binarySearch(int[], int)}. */
    public int rowOfUid(long uid) {
        return rows.rowOfUid(uid);
    }

    /** The first line, version 3, with the true next UID. */
    byte[] headerLine() {
        StringBuilder header = new StringBuilder("3 V");
        header.append(uidValidity).append(" N").append(Math.min(nextUid(), Uid.MAX));
        if (guid != null) {
            header.append(" G").append(guid);
        }
        if (pop3Format != null) {
            header.append(" P").append(pop3Format);
        }
        for (String other : otherHeaders) {
            header.append(' ').append(other);
        }
        return header.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A line of a list that has the mail of that row under that UID. */
    void writeRow(long uid, int row, ByteArrayOutputStream out) {
        rows.writeLine(uid, row, out);
    }

    /** Whether {@link #lines} can be said: not of a list that was put together, or had problems. */
    boolean hasLines() {
        return rows.hasLines();
    }

    /** Length in bytes of the file it was read from; it must have {@linkplain #hasLines lines}. */
    int fileBytes() {
        return rows.fileBytes();
    }

    /** The lines of the rows from the first to before the last, as they were read; at least one. */
    ByteBuffer lines(int first, int end) {
        return rows.lines(first, end);
    }

    /** The file, version 3, with the true next UID. */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128 + rows.byteSize());
        out.writeBytes(headerLine());
        for (int row = 0; row < size(); row++) {
            rows.writeLine(uid(row), row, out);
        }
        return out.toByteArray();
    }

    /**
     * One line, to be appended to a list without {@link #problems}.
     *
     * @throws IllegalArgumentException if UID or base name are not allowed
     */
    public static byte[] line(long uid, String base, UidlistFields fields) {
        checkUid(uid);
        checkBase(base);
        String text = fields.toText(base);
        String line = uid + " " + text + (text.isEmpty() ? ":" : " :") + base + "\n";
        return line.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A builder with this list's header and no rows. */
    public Builder toBuilder() {
        Builder builder = new Builder(uidValidity).nextUid(nextUid()).guid(guid);
        builder.pop3Format = pop3Format;
        builder.otherHeaders = otherHeaders;
        return builder;
    }

    /** For logs: the numbers. */
    @Override
    public String toString() {
        return "uidlist of " + size() + " rows, UIDVALIDITY " + uidValidity + ", next UID " + nextUid();
    }

    static boolean isBase(String base) {
        return !MaildirName.isBroken(base) && base.indexOf(':') < 0 && base.charAt(0) != '.';
    }

    private static void checkBase(String base) {
        if (!isBase(base)) {
            throw new IllegalArgumentException("not a base name");
        }
        for (int i = 0; i < base.length(); i++) {
            if (base.charAt(i) > 0xFF) {
                throw new IllegalArgumentException("base name is not bytes");
            }
        }
    }

    private static void checkUid(long uid) {
        if (uid < 1 || uid > Uid.MAX) {
            throw new IllegalArgumentException("UID out of range: " + uid);
        }
    }

    /** Makes a list, row by rising row. Not safe for use by several threads. */
    public static final class Builder {
        private long uidValidity;
        private long nextUid = 1;
        private @Nullable MailboxGuid guid;
        private @Nullable String pop3Format;
        private List<String> otherHeaders = List.of();
        private final UidlistColumns.Builder rows = new UidlistColumns.Builder();

        public Builder(long uidValidity) {
            uidValidity(uidValidity);
        }

        /** For the parser, which has its own checks. */
        Builder(
                long uidValidity,
                long nextUid,
                @Nullable MailboxGuid guid,
                @Nullable String pop3Format,
                List<String> otherHeaders) {
            this.uidValidity = uidValidity;
            this.nextUid = nextUid;
            this.guid = guid;
            this.pop3Format = pop3Format;
            this.otherHeaders = List.copyOf(otherHeaders);
        }

        /**
         * Sets another UIDVALIDITY.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public final Builder uidValidity(long value) {
            if (value < 1 || value > Uid.MAX) {
                throw new IllegalArgumentException("UIDVALIDITY out of range: " + value);
            }
            uidValidity = value;
            return this;
        }

        /** Sets the next UID; rows can still raise it. */
        public Builder nextUid(long value) {
            if (value < 1 || value > Uid.MAX + 1) {
                throw new IllegalArgumentException("next UID out of range: " + value);
            }
            nextUid = value;
            return this;
        }

        /** Sets or removes the mailbox GUID. */
        public Builder guid(@Nullable MailboxGuid value) {
            guid = value;
            return this;
        }

        /**
         * Adds a row.
         *
         * @throws IllegalArgumentException if the UID does not rise, or the base name is not allowed
         */
        public Builder add(long uid, String base, UidlistFields fields) {
            checkRises(uid);
            checkBase(base);
            rows.add(uid, fields.toText(base), base);
            return this;
        }

        /** Takes over a row of another list just as it is, under a new UID or the same. */
        public Builder add(long uid, Uidlist from, int row) {
            checkRises(uid);
            rows.add(uid, from.rows, row);
            return this;
        }

        private void checkRises(long uid) {
            checkUid(uid);
            if (rows.size() > 0 && rows.lastUid() >= uid) {
                throw new IllegalArgumentException("UIDs do not rise at " + uid);
            }
            if (rows.size() >= RECORDS_MAX) {
                throw new IllegalArgumentException("more than " + RECORDS_MAX + " mails in one mailbox");
            }
        }

        /**
         * The finished list.
         *
         * @throws IllegalArgumentException if a base name occurs twice
         */
        public Uidlist build() {
            Problems doubles = new Problems();
            UidlistColumns built = rows.build(doubles);
            if (built.size() != rows.size()) {
                throw new IllegalArgumentException("base name occurs twice");
            }
            return new Uidlist(this, 3, built, List.of());
        }
    }
}
