package dev.twinbox.protocol.item;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A mail that exists, was expunged, or had its flags changed (wire protocol, section 2.7). Listed by strictly rising UID.
 *
 * @param type what happened to the mail
 * @param uid the sender's UID of it
 * @param guid its GUID, of an expunged one the 128-bit form as 32 hex digits; null if there is none or it is not known
 * @param headerHash MD5 of its hashed headers as 32 hex digits where mails are told apart by that, else null; never with an
 *     expunge
 * @param modSeq its modseq now, {@link ModSeq#NONE} if not known
 * @param privateModSeq the same of private flags
 * @param added flags set since the last common modseq, as far as the sender's log tells; no flag is in {@code removed} too
 * @param removed flags taken away since then
 * @param current flags that are set now, \Recent included
 * @param keywordsReset all keywords were taken away first (old logs only)
 * @param keywords how each keyword stands, no name twice in any case, at most {@value Keywords#MAX_NAMES}
 * @param received received date, seconds since 1970, or {@link #UNKNOWN}
 * @param virtualSize size in bytes if all lines ended in CRLF, or {@link #UNKNOWN}
 * @param when Twinbox only: the modseq of the sender's last change of each flag, by its IMAP name, and of each keyword, in
 *     lower case; what is not in it is not known
 */
public record MailChange(
        Type type,
        Uid uid,
        @Nullable MailGuid guid,
        @Nullable String headerHash,
        ModSeq modSeq,
        ModSeq privateModSeq,
        Flags added,
        Flags removed,
        Flags current,
        boolean keywordsReset,
        List<KeywordChange> keywords,
        long received,
        long virtualSize,
        Map<String, Long> when)
        implements SyncItem {
    /** "Not known", for {@code received} and {@code virtualSize}; -1 would be the last second of 1969. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /**
     * @throws IllegalArgumentException if a value is out of its range, a flag both added and removed, a keyword listed
     *     twice, or an expunge says more than an expunge can
     */
    public MailChange {
        if ((added.bits() & removed.bits()) != 0) {
            throw new IllegalArgumentException("mail_change of UID " + uid + " adds and removes the same flag");
        }
        if (headerHash != null) {
            Check.hex128("hdr_hash of mail_change", headerHash);
        }
        if (received != UNKNOWN) {
            Check.time("received_timestamp of mail_change", received);
        }
        if (virtualSize != UNKNOWN) {
            Check.range("virtual_size of mail_change", virtualSize, 0, Long.MAX_VALUE);
        }
        Check.listSize("keyword_changes of mail_change", keywords.size(), Keywords.MAX_NAMES);
        keywords = List.copyOf(keywords);
        Check.listSize("when of mail_change", when.size(), Keywords.MAX_NAMES);
        when = Map.copyOf(when);
        checkNamesDiffer(keywords);
        if (type == Type.EXPUNGE) {
            if (guid != null) {
                Check.hex128("guid of an expunge", guid.value());
            }
            boolean bare = added.bits() == 0
                    && removed.bits() == 0
                    && current.bits() == 0
                    && !keywordsReset
                    && keywords.isEmpty()
                    && headerHash == null;
            if (!bare) {
                throw new IllegalArgumentException("mail_change of UID " + uid + " expunges and changes");
            }
        }
    }

    /** A mail that exists, without what the sender's log knows about it; filters need date and size set as well. */
    public static MailChange save(Uid uid, MailGuid guid, ModSeq modSeq, Flags current, Keywords keywords) {
        List<KeywordChange> set = keywords.names().stream()
                .map(name -> new KeywordChange(KeywordChange.Action.SET, name))
                .toList();
        return new MailChange(
                Type.SAVE,
                uid,
                guid,
                null,
                modSeq,
                ModSeq.NONE,
                Flags.NONE,
                Flags.NONE,
                current,
                false,
                set,
                UNKNOWN,
                UNKNOWN,
                Map.of());
    }

    /**
     * A mail that was expunged.
     *
     * @param guid128 its GUID in 128-bit form, or null if not known
     */
    public static MailChange expunge(Uid uid, @Nullable MailGuid guid128) {
        return new MailChange(
                Type.EXPUNGE,
                uid,
                guid128,
                null,
                ModSeq.NONE,
                ModSeq.NONE,
                Flags.NONE,
                Flags.NONE,
                Flags.NONE,
                false,
                List.of(),
                UNKNOWN,
                UNKNOWN,
                Map.of());
    }

    /** The keywords that are set now. */
    public Keywords currentKeywords() {
        return Keywords.of(keywords.stream()
                .filter(change -> change.action() != KeywordChange.Action.REMOVED
                        && change.action() != KeywordChange.Action.ADDED)
                .map(KeywordChange::name)
                .toList());
    }

    private static void checkNamesDiffer(List<KeywordChange> keywords) {
        if (keywords.size() > 1) {
            TreeSet<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            for (KeywordChange keyword : keywords) {
                if (!seen.add(keyword.name())) {
                    throw new IllegalArgumentException("mail_change names a keyword twice");
                }
            }
        }
    }

    /** What happened to the mail. */
    public enum Type {
        /** It exists above the last common UID. */
        SAVE,
        /** It was expunged. */
        EXPUNGE,
        /** It is common and its flags, keywords or modseq changed. */
        FLAGS
    }

    /**
     * How a keyword stands.
     *
     * @param action what happened to it
     * @param name as {@link Keywords#isValidName} allows
     */
    public record KeywordChange(Action action, String name) {
        /**
         * @throws IllegalArgumentException if the name cannot be a keyword's
         */
        public KeywordChange {
            if (!Keywords.isValidName(name)) {
                throw new IllegalArgumentException("keyword name not allowed");
            }
        }

        /** What happened to the keyword. */
        public enum Action {
            /** Added, but not set any more ({@code +}). */
            ADDED,
            /** Removed ({@code -}). */
            REMOVED,
            /** Set and unchanged ({@code =}). */
            SET,
            /** Added and set ({@code &}). */
            ADDED_AND_SET
        }
    }

    @Override
    public Kind kind() {
        return Kind.MAIL_CHANGE;
    }
}
