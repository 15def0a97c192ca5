package dev.twinbox.protocol.item;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mail that exists, was expunged, or had its flags changed. */
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
        long virtualSize)
        implements SyncItem {
    /** "Not known", for {@code received} and {@code virtualSize}. */
    public static final long UNKNOWN = -1;

    public MailChange {
        keywords = List.copyOf(keywords);
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

    /** How a keyword stands. */
    public record KeywordChange(Action action, String name) {
        /** What happened to the keyword; letters as on Dovecot's wire. */
        public enum Action {
            /** Added, but not set any more. */
            ADDED,
            /** Removed. */
            REMOVED,
            /** Set and unchanged. */
            SET,
            /** Added and set. */
            ADDED_AND_SET
        }
    }

    @Override
    public Kind kind() {
        return Kind.MAIL_CHANGE;
    }
}
