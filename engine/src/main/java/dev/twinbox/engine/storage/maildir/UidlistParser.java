package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Words;
import dev.twinbox.engine.storage.account.Problems;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.Uid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the bytes of a {@link Uidlist}. One object per file. */
final class UidlistParser {
    /** Digits of the largest UID. */
    private static final int UID_DIGITS_MAX = 10;

    /** Most lines are longer; where they are not the columns grow. */
    private static final int LINE_BYTES = 48;

    /** A shorter file is read before the code that looks at eight bytes at a time is there, in bytes. */
    static final int LONG_BYTES = 1 << 16;

    private final byte[] file;
    private final boolean isLong;
    private final Problems problems = new Problems();
    private final UidlistColumns.Builder rows;
    private int version;

    UidlistParser(byte[] file) {
        this.file = file;
        this.isLong = file.length >= LONG_BYTES;
        this.rows = new UidlistColumns.Builder(file, Math.min(file.length / LINE_BYTES, Uidlist.RECORDS_MAX));
    }

    /**
     * @param unlooked not to look for names that are there twice
     */
    Uidlist parse(boolean unlooked) throws CorruptStoreException {
        int end = lineEnd(0);
        if (end == file.length) {
            throw new CorruptStoreException("uidlist line 1: no whole line");
        }
        Uidlist.Builder header = header(new String(file, 0, end, StandardCharsets.ISO_8859_1));
        int line = 2;
        int start = end + 1;
        while (start < file.length) {
            end = lineEnd(start);
            if (end == file.length) {
                problems.line(line, "no line end; left out");
            } else {
                if (rows.size() >= Uidlist.RECORDS_MAX) {
                    throw new CorruptStoreException("uidlist line " + line + ": too many mails");
                }
                record(line, start, end);
            }
            start = end + 1;
            line++;
        }
        if (version == 3 && problems.isEmpty()) {
            rows.linesAreRows();
        }
        UidlistColumns built = unlooked ? rows.buildUnlooked() : rows.build(problems);
        return new Uidlist(header, version, built, problems.toList());
    }

    private int lineEnd(int start) {
        byte[] bytes = file;
        int length = bytes.length;
        int i = start;
        while (isLong && i <= length - Long.BYTES && !Words.has(Words.at(bytes, i), '\n')) {
            i += Long.BYTES;
        }
        while (i < length && bytes[i] != '\n') {
            i++;
        }
        return i;
    }

    private Uidlist.Builder header(String line) throws CorruptStoreException {
        if (line.startsWith("3 ")) {
            version = 3;
            return headerOfVersion3(line);
        }
        if (line.startsWith("1 ")) {
            version = 1;
            int blank = line.indexOf(' ', 2);
            long uidValidity = blank < 0 ? 0 : number(line.substring(2, blank));
            long nextUid = blank < 0 ? 0 : number(line.substring(blank + 1));
            return checkedHeader(uidValidity, nextUid, null, null, List.of());
        }
        throw new CorruptStoreException("uidlist line 1: unknown version");
    }

    private Uidlist.Builder headerOfVersion3(String line) throws CorruptStoreException {
        long uidValidity = 0;
        long nextUid = 0;
        MailboxGuid guid = null;
        String pop3Format = null;
        List<String> others = new ArrayList<>();
        int start = 2;
        while (start < line.length()) {
            int blank = line.indexOf(' ', start);
            int end = blank < 0 ? line.length() : blank;
            if (end > start) {
                String value = line.substring(start + 1, end);
                switch (line.charAt(start)) {
                    case 'V' -> uidValidity = number(value);
                    case 'N' -> nextUid = number(value);
                    case 'G' -> guid = guid(value);
                    case 'P' -> pop3Format = value;
                    default -> others.add(line.substring(start, end));
                }
            }
            start = end + 1;
        }
        return checkedHeader(uidValidity, nextUid, guid, pop3Format, others);
    }

    private Uidlist.Builder checkedHeader(
            long uidValidity,
            long nextUid,
            @Nullable MailboxGuid guid,
            @Nullable String pop3Format,
            List<String> others)
            throws CorruptStoreException {
        if (uidValidity < 1) {
            throw new CorruptStoreException("uidlist line 1: no UIDVALIDITY");
        }
        if (nextUid < 1) {
            problems.line(1, "no next UID");
        }
        return new Uidlist.Builder(uidValidity, Math.max(nextUid, 0), guid, pop3Format, others);
    }

    private @Nullable MailboxGuid guid(String hex) {
        try {
            return MailboxGuid.parse(hex);
        } catch (IllegalArgumentException e) {
            problems.line(1, "mailbox GUID is not 32 hex digits");
            return null;
        }
    }

    private void record(int line, int start, int end) {
        int blank = start;
        while (blank < end && file[blank] != ' ') {
            blank++;
        }
        long uid = number(start, blank);
        if (uid < 1) {
            problems.line(line, "no UID; left out");
            return;
        }
        int fieldStart = blank;
        while (fieldStart < end && file[fieldStart] == ' ') {
            fieldStart++;
        }
        int colon = version == 1 ? fieldStart - 1 : skipFields(fieldStart, end);
        if (colon < 0 || colon >= end) {
            problems.line(line, "no file name; left out");
            return;
        }
        int baseEnd = baseEnd(colon + 1, end);
        if (baseEnd < 0) {
            problems.line(line, "file name not allowed; left out");
            return;
        }
        if (rows.size() > 0 && uid <= rows.lastUid()) {
            problems.line(line, "UID " + uid + " after " + rows.lastUid() + "; left out");
            return;
        }
        int fieldEnd = Math.max(colon, fieldStart);
        while (fieldEnd > fieldStart && file[fieldEnd - 1] == ' ') {
            fieldEnd--;
        }
        rows.add(uid, fieldStart, version == 1 ? fieldStart : fieldEnd, colon + 1, baseEnd);
    }

    /** The place of the colon after the fields, or -1. */
    private int skipFields(int start, int end) {
        int i = start;
        while (i < end && file[i] != ':') {
            if (file[i] < 'A' || file[i] > 'Z') {
                return -1;
            }
            while (i < end && file[i] != ' ') {
                i++;
            }
            while (i < end && file[i] == ' ') {
                i++;
            }
        }
        return i < end ? i : -1;
    }

    /** The end of the base name, or -1 if no mail's file can have such a name. */
    private int baseEnd(int start, int end) {
        byte[] bytes = file;
        int i = start;
        while (isLong && i <= end - Long.BYTES && !hasSpecial(Words.at(bytes, i))) {
            i += Long.BYTES;
        }
        while (i < end) {
            byte each = bytes[i];
            if (each == ':') {
                break;
            }
            if (each <= '/' && (each == '\r' || each == 0 || each == '/')) {
                return -1;
            }
            i++;
        }
        return i > start && file[start] != '.' ? i : -1;
    }

    private static boolean hasSpecial(long word) {
        return Words.has(word, ':') || Words.has(word, '/') || Words.has(word, '\r') || Words.has(word, (char) 0);
    }

    /** A number from 1 to 2^32-1, or -1. */
    private long number(int start, int end) {
        if (end <= start || end - start > UID_DIGITS_MAX) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            if (file[i] < '0' || file[i] > '9') {
                return -1;
            }
            value = value * 10 + (file[i] - '0');
        }
        return value >= 1 && value <= Uid.MAX ? value : -1;
    }

    private static long number(String digits) {
        if (digits.isEmpty() || digits.length() > UID_DIGITS_MAX) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value >= 1 && value <= Uid.MAX ? value : -1;
    }
}
