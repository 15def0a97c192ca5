package dev.twinbox.engine.merge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What tells mails apart where a storage has no GUIDs (dsync wire protocol, section 1.5): the MD5 of some lines of the
 * header.
 *
 * <p>The lines are those of the named fields, in the order in which they stand in the mail, all occurrences, with their
 * continuation lines; each ends in LF, and an empty line follows at the end. In version 3, which peers of minor version 4 and
 * later use, blanks are left out, and what is not printable ASCII (bytes below 0x20 but TAB and LF, bytes from 0x7f on) and
 * {@code ?} becomes {@code ?}, one for a whole run of them; any other byte ends a run, a blank that is left out too. Version 1,
 * for older peers, takes the lines as they are.
 *
 * <p>Reads the header byte by byte up to the empty line and never holds more of it than a field name. Each hash needs an
 * object of its own.
 */
public final class HeaderHash {
    /** The fields that count unless the peers agree on others. */
    public static final List<String> DEFAULT_FIELDS = List.of("Date", "Message-ID");

    /** The hash of a mail that has none of the fields. */
    public static final String OF_NOTHING = "68b329da9893e34099c7d8ad5cb9c940";

    /** How lines are cleaned up. */
    public enum Version {
        /** Not at all. */
        V1,
        /** Without blanks and 8-bit characters. */
        V3
    }

    private static final int LONGEST_NAME = 1024;

    private final Set<String> fields = new HashSet<>();
    private final Version version;
    private final MessageDigest md5;
    private final ByteArrayOutputStream name = new ByteArrayOutputStream();
    private boolean hashed;
    private boolean inName;
    private boolean run;

    private HeaderHash(Collection<String> fields, Version version) {
        fields.forEach(field -> this.fields.add(field.toLowerCase(Locale.ROOT)));
        this.version = version;
        try {
            this.md5 = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /**
     * The hash of a header.
     *
     * @param mail the mail from its beginning; what comes after the header is not needed
     * @param fields names of the fields that count, in any case
     * @return 32 lower-case hex digits
     */
    public static String of(InputStream mail, Collection<String> fields, Version version) throws IOException {
        return new HeaderHash(fields, version).hash(mail);
    }

    /**
     * As {@link #of}, but of a mail that has none of the fields it is the MD5 of its body, without CRs: that both sides have
     * such a mail must not make one mail of two. For Twinboxes among themselves; dsync takes {@link #OF_NOTHING}.
     */
    public static String orOfBody(InputStream mail, Collection<String> fields, Version version) throws IOException {
        HeaderHash header = new HeaderHash(fields, version);
        String hash = header.hash(mail);
        if (!hash.equals(OF_NOTHING)) {
            return hash;
        }
        for (int octet = mail.read(); octet >= 0; octet = mail.read()) {
            if (octet != '\r') {
                header.md5.update((byte) octet);
            }
        }
        return HexFormat.of().formatHex(header.md5.digest());
    }

    /**
     * As {@link #of}, with the body, without CRs and without empty lines at its end: formats add or lose one there.
     */
    public static String andOfBody(InputStream mail, Collection<String> fields, Version version) throws IOException {
        HeaderHash header = new HeaderHash(fields, version);
        header.md5.update(header.hash(mail).getBytes(StandardCharsets.US_ASCII));
        long lineEnds = 0;
        for (int octet = mail.read(); octet >= 0; octet = mail.read()) {
            if (octet == '\n') {
                lineEnds++;
            } else if (octet != '\r') {
                for (; lineEnds > 0; lineEnds--) {
                    header.md5.update((byte) '\n');
                }
                header.md5.update((byte) octet);
            }
        }
        return HexFormat.of().formatHex(header.md5.digest());
    }

    private String hash(InputStream mail) throws IOException {
        boolean lineStart = true;
        boolean cr = false;
        for (int octet = mail.read(); octet >= 0; octet = mail.read()) {
            if (octet == '\n') {
                if (lineStart) {
                    break;
                }
                endLine();
                lineStart = true;
                cr = false;
                continue;
            }
            if (cr) { // that was no line end
                lineStart = begin(lineStart, '\r');
                put('\r');
                cr = false;
            }
            if (octet == '\r') {
                cr = true;
            } else {
                lineStart = begin(lineStart, octet);
                put(octet);
            }
        }
        if (!lineStart) {
            endLine(); // of a header that just stops
        }
        md5.update((byte) '\n');
        return HexFormat.of().formatHex(md5.digest());
    }

    /** Begins a line, if this is one's first byte: a field, or the continuation of one. */
    private boolean begin(boolean lineStart, int octet) {
        if (lineStart && octet != ' ' && octet != '\t') {
            hashed = false;
            inName = true;
            name.reset();
        }
        return false;
    }

    private void put(int octet) {
        if (!inName) {
            if (hashed) {
                update(octet);
            }
            return;
        }
        name.write(octet);
        if (octet == ':') {
            inName = false;
            String line = name.toString(StandardCharsets.ISO_8859_1);
            String field = line.substring(0, line.length() - 1).stripTrailing();
            hashed = fields.contains(field.toLowerCase(Locale.ROOT));
            if (hashed) {
                line.chars().forEach(this::update);
            }
        } else if (name.size() > LONGEST_NAME) {
            inName = false;
        }
    }

    private void endLine() {
        if (hashed) {
            update('\n');
        }
        inName = false;
    }

    private void update(int octet) {
        if (version == Version.V1) {
            md5.update((byte) octet);
            return;
        }
        boolean odd = octet < ' ' && octet != '\t' && octet != '\n' || octet >= 0x7F || octet == '?';
        if (odd && !run) {
            md5.update((byte) '?');
        } else if (!odd && octet != ' ') {
            md5.update((byte) octet);
        }
        run = odd;
    }
}
