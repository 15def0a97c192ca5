package dev.twinbox.protocol.item;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the sender's change log says was deleted or unsubscribed. Exactly one per tree (wire protocol, section 2.4).
 *
 * @param separator the sender's visible hierarchy separator; no control character, no half of a surrogate pair
 * @param escape the sender's visible escape character, {@link #NO_ESCAPE} if it has none; not the separator
 * @param mailboxes deleted mailboxes, at most {@value #ENTRIES_MAX}
 * @param folders deleted folders, mailboxes or not, by name hash, at most {@value #ENTRIES_MAX}
 * @param unsubscribed names that were unsubscribed and do not exist any more, at most {@value #ENTRIES_MAX}
 */
public record MailboxDeletes(
        char separator,
        char escape,
        List<DeletedMailbox> mailboxes,
        List<DeletedName> folders,
        List<DeletedName> unsubscribed)
        implements SyncItem {
    /** Most entries in each of the lists. */
    public static final int ENTRIES_MAX = 1_000_000;

    /** Stands for "no escape character". */
    public static final char NO_ESCAPE = '\0';

    private static final int HASH_BYTES = 16;

    /** Dovecot's default for a character that a name cannot have. */
    private static final char REPLACEMENT = '_';

    /** Nothing was deleted. */
    public static final MailboxDeletes NONE = new MailboxDeletes('/', '%', List.of(), List.of(), List.of());

    /**
     * @throws IllegalArgumentException if a character may not be what it shall be, or a list is too long
     */
    public MailboxDeletes {
        checkCharacter("hierarchy_sep", separator);
        if (escape != NO_ESCAPE) {
            checkCharacter("escape_char", escape);
            if (escape == separator) {
                throw new IllegalArgumentException("escape_char of mailbox_delete is the separator too");
            }
        }
        Check.listSize("mailboxes of mailbox_delete", mailboxes.size(), ENTRIES_MAX);
        Check.listSize("dirs of mailbox_delete", folders.size(), ENTRIES_MAX);
        Check.listSize("unsubscribes of mailbox_delete", unsubscribed.size(), ENTRIES_MAX);
        mailboxes = List.copyOf(mailboxes);
        folders = List.copyOf(folders);
        unsubscribed = List.copyOf(unsubscribed);
    }

    /** Whether nothing was deleted. */
    public boolean isEmpty() {
        return mailboxes.isEmpty() && folders.isEmpty() && unsubscribed.isEmpty();
    }

    /** Nothing was deleted, names are written with {@code separator}. */
    public static MailboxDeletes none(char separator) {
        return new MailboxDeletes(separator, separator == '%' ? '~' : '%', List.of(), List.of(), List.of());
    }

    /**
     * What stands for a name in these lists: the first sixteen bytes of the SHA-1 of its UTF-8, as 32 lower-case hex
     * digits.
     *
     * @param spelled the full name as the sender writes it
     */
    public static String hash(String spelled) {
        return HexFormat.of().formatHex(Sha1.of(spelled.getBytes(StandardCharsets.UTF_8)), 0, HASH_BYTES);
    }

    /**
     * A name as the sender of these records writes it: with its separator; separator and escape character within a level
     * are escaped, or, if it has no escape character, the separator is replaced.
     */
    public String spell(MailboxName name) {
        StringBuilder spelled = new StringBuilder();
        for (String level : name.levels()) {
            if (spelled.length() > 0) {
                spelled.append(separator);
            }
            for (int i = 0; i < level.length(); i++) {
                char c = level.charAt(i);
                if (c != separator && (c != escape || escape == NO_ESCAPE)) {
                    spelled.append(c);
                } else if (escape == NO_ESCAPE) {
                    spelled.append(REPLACEMENT);
                } else {
                    spelled.append(escape).append(HexFormat.of().toHexDigits((byte) c));
                }
            }
        }
        return spelled.toString();
    }

    /**
     * All hashes under which a record about the name may lie here: spelled as the sender should, without escapes, and with
     * the separators that servers usually show, because a sender that reads a server's log hands its hashes on without
     * knowing how that server spells.
     */
    public Set<String> hashes(MailboxName name) {
        Set<String> hashes = new LinkedHashSet<>();
        hashes.add(hash(spell(name)));
        for (String spelled : spellings(name, separator)) {
            hashes.add(hash(spelled));
        }
        return hashes;
    }

    /**
     * How a server may have written a name into its log, without escapes: with its separator, and with those that servers
     * usually show.
     */
    public static Set<String> spellings(MailboxName name, char separator) {
        Set<String> spellings = new LinkedHashSet<>();
        spellings.add(name.join(separator));
        if (name.levels().size() > 1) {
            spellings.add(name.join('/'));
            spellings.add(name.join('.'));
        }
        return spellings;
    }

    private static void checkCharacter(String field, char c) {
        if (c < ' ' || c == 0x7F || Character.isSurrogate(c)) {
            throw new IllegalArgumentException(field + " of mailbox_delete not allowed: " + (int) c);
        }
    }

    /**
     * A deleted mailbox.
     *
     * @param time when, in seconds since 1970, not negative
     */
    public record DeletedMailbox(MailboxGuid guid, long time) {
        /**
         * @throws IllegalArgumentException if the time is out of range
         */
        public DeletedMailbox {
            Check.timeOrZero("time of mailbox_delete", time);
        }
    }

    /**
     * A deleted name.
     *
     * @param hash the first 16 bytes of the SHA-1 of its full spelling (the sender's separator and escaping), as 32 hex
     *     digits
     * @param time when, in seconds since 1970, not negative
     */
    public record DeletedName(String hash, long time) {
        /**
         * @throws IllegalArgumentException if the hash is not 32 hex digits, or the time out of range
         */
        public DeletedName {
            Check.hex128("hash of mailbox_delete", hash);
            Check.timeOrZero("time of mailbox_delete", time);
        }
    }

    @Override
    public Kind kind() {
        return Kind.MAILBOX_DELETES;
    }
}
