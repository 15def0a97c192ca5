package dev.twinbox.engine.storage.account;

import dev.twinbox.protocol.item.Uid;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.OptionalLong;

/**
 * The last UIDVALIDITY an account handed out (storage formats, section 1.7): {@code dovecot-uidvalidity} holds it as eight
 * lower-case hex digits without line end, and the empty file {@code dovecot-uidvalidity.<the same digits>} has it in its
 * name. To hand out the next one, Dovecot renames the latter and rewrites the former. After taking over mailboxes both
 * must be at least as high as the highest UIDVALIDITY taken over, or it could be given to another mailbox.
 */
public final class UidValidityFile {
    /** Name of the file with the content. */
    public static final String NAME = "dovecot-uidvalidity";

    /** Mode of the file that only has a name. */
    public static final int MARKER_MODE = 0444;

    /** Largest file read, in bytes. */
    public static final int FILE_BYTES_MAX = 64;

    private static final int DIGITS = 8;

    private UidValidityFile() {}

    /** The value in the file, or nothing if it is damaged. */
    public static OptionalLong parse(byte[] file) {
        return digits(new String(file, StandardCharsets.ISO_8859_1));
    }

    /** The value in a file's name, or nothing if the name is another one. */
    public static OptionalLong parseMarker(byte[] name) {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        return text.startsWith(NAME + ".") ? digits(text.substring(NAME.length() + 1)) : OptionalLong.empty();
    }

    /** The highest value in any of these names, or nothing. */
    public static OptionalLong highestMarker(Collection<byte[]> names) {
        OptionalLong highest = OptionalLong.empty();
        for (byte[] name : names) {
            OptionalLong value = parseMarker(name);
            if (value.isPresent() && (highest.isEmpty() || value.getAsLong() > highest.getAsLong())) {
                highest = value;
            }
        }
        return highest;
    }

    private static OptionalLong digits(String text) {
        if (text.length() != DIGITS) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < DIGITS; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return OptionalLong.empty();
            }
        }
        long value = HexFormat.fromHexDigitsToLong(text);
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** The content for a value of 1 to 2<sup>32</sup>-1. */
    public static byte[] toBytes(long value) {
        return hex(value).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The name of the second file for a value of 1 to 2<sup>32</sup>-1. */
    public static String markerName(long value) {
        return NAME + "." + hex(value);
    }

    private static String hex(long value) {
        if (value < 1 || value > Uid.MAX) {
            throw new IllegalArgumentException("UIDVALIDITY out of range: " + value);
        }
        return HexFormat.of().toHexDigits(value, DIGITS);
    }

    /**
     * What both files must say after a run.
     *
     * @param content value of the first file, if there is a good one
     * @param marker highest value among the names
     * @param highestImported highest UIDVALIDITY taken over, 0 if none was
     * @return nothing if the files need no change
     */
    public static OptionalLong afterImport(OptionalLong content, OptionalLong marker, long highestImported) {
        long known = Math.max(content.orElse(0), marker.orElse(0));
        long wanted = Math.max(known, highestImported);
        boolean same = content.orElse(0) == wanted && marker.orElse(0) == wanted;
        return same || wanted == 0 || highestImported == 0 ? OptionalLong.empty() : OptionalLong.of(wanted);
    }

    /**
     * A UIDVALIDITY for a new mailbox.
     *
     * @param content value of the first file, if there is a good one
     * @param marker highest value among the names
     * @param epochSeconds the time now, taken if nothing is known yet
     */
    public static long next(OptionalLong content, OptionalLong marker, long epochSeconds) {
        long known = Math.max(content.orElse(0), marker.orElse(0));
        if (known == 0) {
            return Math.max(1, Math.min(epochSeconds, Uid.MAX));
        }
        return known == Uid.MAX ? 1 : known + 1;
    }
}
