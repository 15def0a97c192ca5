package dev.twinbox.engine.storage.maildir;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.Sha1;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The name of a mail's file in {@code cur/} or {@code new/} (storage formats, section 1.2):
 *
 * <pre>
 * 1795300232.M124793P20937.vm,S=174,W=182:2,DFab
 * base: up to the first ':'                info: after the last ':'; only "2," is understood
 * </pre>
 *
 * <p>After {@code 2,} come letters up to a comma or the end: {@code D} draft, {@code F} flagged, {@code R} answered,
 * {@code S} seen, {@code T} deleted, {@code a}-{@code z} keyword 0-25; others mean nothing and are kept, as is what
 * follows the comma. {@code ,S=} and {@code ,W=} in the base are the sizes with LF and with CRLF lines. The base belongs
 * to the mail's identity and never changes.
 *
 * <p>A name is bytes. All strings here hold one byte per character (ISO-8859-1), so that every name survives.
 * Immutable.
 */
public final class MaildirName {
    /** Longest text taken over as a base name, in bytes; leaves room for letters in a name of 255. */
    public static final int BASE_LENGTH_MAX = 200;

    /** "The name does not say". */
    public static final long SIZE_UNKNOWN = -1;

    /** Number of keywords that have a letter. */
    public static final int KEYWORD_LETTERS = 26;

    /**
     * The order in which mails nobody has given a UID yet get theirs: by seconds, then by microseconds where both have
     * some, then by the bytes that follow, then by the whole base name. A total order.
     */
    public static final Comparator<MaildirName> COMPARATOR = new Comparator<MaildirName>() {
        @Override
        public int compare(MaildirName a, MaildirName b) {
            return compareBases(a.base(), b.base());
        }
    };

    private static final String INFO = ":2,";

    /** Digits of the longest size believed; more would not fit a long. */
    private static final int SIZE_DIGITS_MAX = 18;

    private final String name;
    private final int baseEnd;
    private final int lettersStart;
    private final int lettersEnd;

    private MaildirName(String name, int baseEnd, int lettersStart, int lettersEnd) {
        this.name = name;
        this.baseEnd = baseEnd;
        this.lettersStart = lettersStart;
        this.lettersEnd = lettersEnd;
    }

    /** As {@link #parse(String)}, for bytes as a directory listing gives them. */
    public static Optional<MaildirName> parse(byte[] name) {
        return parse(new String(name, StandardCharsets.ISO_8859_1));
    }

    /**
     * Reads a name, one byte per character.
     *
     * @return nothing if a file of that name is no mail: it begins with a dot, or is {@linkplain #isBroken broken}
     */
    public static Optional<MaildirName> parse(String name) {
        if (name.isEmpty() || name.charAt(0) == '.' || isBroken(name)) {
            return Optional.empty();
        }
        int first = name.indexOf(':');
        if (first < 0) {
            return Optional.of(new MaildirName(name, name.length(), -1, -1));
        }
        int last = name.lastIndexOf(':');
        if (!name.startsWith(INFO, last)) {
            return Optional.of(new MaildirName(name, first, -1, -1));
        }
        int start = last + INFO.length();
        int comma = name.indexOf(',', start);
        return Optional.of(new MaildirName(name, first, start, comma < 0 ? name.length() : comma));
    }

    /**
     * Whether a file of that name may well be a mail, but can't be used under it: the name begins with {@code :} (Dovecot
     * renames such files), or holds CR, LF, NUL or a slash (Dovecot ignores them).
     */
    public static boolean isBroken(String name) {
        return name.isEmpty()
                || name.charAt(0) == ':'
                || name.indexOf('\n') >= 0
                || name.indexOf('\r') >= 0
                || name.indexOf('\0') >= 0
                || name.indexOf('/') >= 0;
    }

    /** The whole name. */
    public String name() {
        return name;
    }

    /** The whole name as bytes. */
    public byte[] toBytes() {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The part that never changes; not empty. */
    public String base() {
        return name.substring(0, baseEnd);
    }

    /** Whether there is a {@code :2,}. */
    public boolean hasInfo() {
        return lettersStart >= 0;
    }

    /** The flag letters as they stand, unknown ones included. */
    public String letters() {
        return lettersStart < 0 ? "" : name.substring(lettersStart, lettersEnd);
    }

    /** What follows the letters: empty, or a comma and more. */
    public String extra() {
        return lettersStart < 0 ? "" : name.substring(lettersEnd);
    }

    /** The system flags; never \Recent. */
    public Flags flags() {
        int bits = 0;
        for (int i = lettersStart; i < lettersEnd; i++) {
            bits |= flagOf(name.charAt(i));
        }
        return bits == 0 ? Flags.NONE : new Flags(bits);
    }

    /** The keyword letters: bit 0 for {@code a} to bit 25 for {@code z}. */
    public int keywordLetters() {
        int mask = 0;
        for (int i = lettersStart; i < lettersEnd; i++) {
            char c = name.charAt(i);
            if (c >= 'a' && c <= 'z') {
                mask |= 1 << (c - 'a');
            }
        }
        return mask;
    }

    /** Size with lines as stored, from {@code ,S=}, or {@link #SIZE_UNKNOWN}. */
    public long size() {
        return sizeField(name, baseEnd, 'S');
    }

    /** Size with CRLF lines, from {@code ,W=}, or {@link #SIZE_UNKNOWN}. */
    public long virtualSize() {
        return sizeField(name, baseEnd, 'W');
    }

    /** The mail's GUID if the uidlist has no other for it. */
    public MailGuid guid() {
        return guidOf(base());
    }

    /**
     * The name for {@code cur/} with these flags: letters in ASCII order, unknown letters and further fields kept. The
     * very same name if it says just that already.
     *
     * @param flags \Recent is ignored
     * @param keywordMask as from {@link #keywordLetters()}
     * @throws IllegalArgumentException if the mask has more than 26 bits
     */
    public String withFlags(Flags flags, int keywordMask) {
        checkMask(keywordMask);
        if (hasInfo() && flags().bits() == flags.settable().bits() && keywordLetters() == keywordMask) {
            return name;
        }
        StringBuilder letters = new StringBuilder(knownLetters(flags, keywordMask));
        for (int i = lettersStart; i < lettersEnd; i++) {
            char c = name.charAt(i);
            if (flagOf(c) == 0 && !(c >= 'a' && c <= 'z')) {
                letters.append(c);
            }
        }
        char[] sorted = letters.toString().toCharArray();
        Arrays.sort(sorted);
        String prefix = hasInfo() ? name.substring(0, lettersStart) : name + INFO;
        return prefix + new String(sorted) + extra();
    }

    /** The name in {@code cur/} of a new mail. */
    public static String ofBase(String base, Flags flags, int keywordMask) {
        checkMask(keywordMask);
        return base + INFO + knownLetters(flags, keywordMask);
    }

    private static void checkMask(int keywordMask) {
        if (keywordMask >>> KEYWORD_LETTERS != 0) {
            throw new IllegalArgumentException("keyword without a letter: " + Integer.toHexString(keywordMask));
        }
    }

    private static String knownLetters(Flags flags, int keywordMask) {
        StringBuilder letters = new StringBuilder();
        if (flags.has(Flags.DRAFT)) {
            letters.append('D');
        }
        if (flags.has(Flags.FLAGGED)) {
            letters.append('F');
        }
        if (flags.has(Flags.ANSWERED)) {
            letters.append('R');
        }
        if (flags.has(Flags.SEEN)) {
            letters.append('S');
        }
        if (flags.has(Flags.DELETED)) {
            letters.append('T');
        }
        for (int i = 0; i < KEYWORD_LETTERS; i++) {
            if ((keywordMask & 1 << i) != 0) {
                letters.append((char) ('a' + i));
            }
        }
        return letters.toString();
    }

    private static int flagOf(char letter) {
        return switch (letter) {
            case 'D' -> Flags.DRAFT;
            case 'F' -> Flags.FLAGGED;
            case 'R' -> Flags.ANSWERED;
            case 'S' -> Flags.SEEN;
            case 'T' -> Flags.DELETED;
            default -> 0;
        };
    }

    /** The first {@code ,X=} counts; its digits must end at a comma or at {@code end}. */
    private static long sizeField(String name, int end, char type) {
        for (int i = name.indexOf(','); i >= 0 && i + 2 < end; i = name.indexOf(',', i + 1)) {
            if (name.charAt(i + 1) == type && name.charAt(i + 2) == '=') {
                return digits(name, i + 3, end);
            }
        }
        return SIZE_UNKNOWN;
    }

    private static long digits(String name, int start, int end) {
        long value = 0;
        int i = start;
        while (i < end && isDigit(name.charAt(i))) {
            if (i - start == SIZE_DIGITS_MAX) {
                return SIZE_UNKNOWN;
            }
            value = value * 10 + (name.charAt(i) - '0');
            i++;
        }
        return i > start && (i == end || name.charAt(i) == ',') ? value : SIZE_UNKNOWN;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** {@link #COMPARATOR} on base names. */
    public static int compareBases(String a, String b) {
        int endA = digitsEnd(a, 0);
        int endB = digitsEnd(b, 0);
        int order = compareNumbers(a, 0, endA, b, 0, endB);
        if (order != 0) {
            return order;
        }
        int microA = microsEnd(a, endA);
        int microB = microsEnd(b, endB);
        if (microA >= 0 && microB >= 0) {
            order = compareNumbers(a, endA + 2, microA, b, endB + 2, microB);
            if (order != 0) {
                return order;
            }
            endA = microA;
            endB = microB;
        }
        order = a.substring(endA).compareTo(b.substring(endB));
        return order != 0 ? order : a.compareTo(b);
    }

    private static int digitsEnd(String text, int start) {
        int i = start;
        while (i < text.length() && isDigit(text.charAt(i))) {
            i++;
        }
        return i;
    }

    /** End of {@code .M<digits>} at {@code start}, or -1. */
    private static int microsEnd(String text, int start) {
        if (!text.startsWith(".M", start)) {
            return -1;
        }
        int end = digitsEnd(text, start + 2);
        return end == start + 2 ? -1 : end;
    }

    /** Compares numbers of any length; no digits at all is 0. */
    private static int compareNumbers(String a, int startA, int endA, String b, int startB, int endB) {
        int i = startA;
        int j = startB;
        while (i < endA && a.charAt(i) == '0') {
            i++;
        }
        while (j < endB && b.charAt(j) == '0') {
            j++;
        }
        if (endA - i != endB - j) {
            return Integer.compare(endA - i, endB - j);
        }
        while (i < endA) {
            if (a.charAt(i) != b.charAt(j)) {
                return Character.compare(a.charAt(i), b.charAt(j));
            }
            i++;
            j++;
        }
        return 0;
    }

    /**
     * Whether a GUID's text may serve as the base name of a new file: printable ASCII without blank, slash or
     * colon, not beginning with a dot, at most {@value #BASE_LENGTH_MAX} bytes, and no {@code ,S=} or {@code ,W=} that is
     * malformed or less than possible.
     */
    public static boolean isUsableBase(String guid) {
        if (guid.isEmpty() || guid.length() > BASE_LENGTH_MAX || guid.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < guid.length(); i++) {
            char c = guid.charAt(i);
            if (c <= ' ' || c >= 0x7F || c == '/' || c == ':') {
                return false;
            }
        }
        long size = sizeField(guid, guid.length(), 'S');
        long virtualSize = sizeField(guid, guid.length(), 'W');
        if ((size < 0 && guid.contains(",S=")) || (virtualSize < 0 && guid.contains(",W="))) {
            return false;
        }
        return size < 0 || virtualSize < 0 || virtualSize >= size;
    }

    /**
     * Whether Dovecot would take the GUID as the base name of a mail of these sizes: both sizes are in it, and right
     * (storage formats, section 1.8).
     */
    public static boolean isUsableBase(String guid, long size, long virtualSize) {
        return isUsableBase(guid)
                && sizeField(guid, guid.length(), 'S') == size
                && sizeField(guid, guid.length(), 'W') == virtualSize;
    }

    /**
     * The GUID that some bytes of a name or of a uidlist stand for. Bytes that are not UTF-8, hold control characters or
     * are too long can't be a GUID's text: their 128-bit form stands for them, which is what Dovecot's indexes know them
     * by.
     *
     * @param bytes not empty, one byte per character
     */
    static MailGuid guidOf(String bytes) {
        boolean ascii = bytes.length() <= MailGuid.MAX_LENGTH;
        for (int i = 0; ascii && i < bytes.length(); i++) {
            ascii = bytes.charAt(i) >= ' ' && bytes.charAt(i) < 0x7F;
        }
        if (ascii) {
            return new MailGuid(bytes);
        }
        byte[] raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString();
            if (text.length() <= MailGuid.MAX_LENGTH && text.chars().noneMatch(c -> c < ' ')) {
                return new MailGuid(text);
            }
        } catch (CharacterCodingException e) {
            // No text: hashed below.
        }
        byte[] sha1 = Sha1.of(raw);
        return new MailGuid(HexFormat.of().formatHex(sha1, sha1.length - 16, sha1.length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MaildirName that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
