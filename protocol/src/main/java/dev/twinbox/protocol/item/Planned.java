package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/**
 * One thing that a run which is only planned would do at the responder, or what it has to say of it. Twinbox only. What is not
 * said of a kind of thing is null, 0, empty or {@link Result#NONE}.
 *
 * @param what the kind of thing
 * @param mailbox what it is about; null only of what is about the whole account
 * @param to of {@link What#RENAME}: the new name
 * @param identity of {@link What#CREATE_MAILBOX}, {@link What#DELETE_MAILBOX} and {@link What#SET_GUID}
 * @param uidValidity of {@link What#CREATE_MAILBOX}
 * @param uid the mail's UID before
 * @param newUid its UID afterwards
 * @param guid of {@link What#EXPUNGE} and {@link What#SAVE}
 * @param flags afterwards
 * @param keywords afterwards
 * @param text why, or what is to be told; at most {@value #TEXT_MAX} characters
 * @param result of {@link What#RESULT}
 */
public record Planned(
        What what,
        @Nullable MailboxName mailbox,
        @Nullable MailboxName to,
        @Nullable MailboxGuid identity,
        long uidValidity,
        long uid,
        long newUid,
        @Nullable MailGuid guid,
        Flags flags,
        Keywords keywords,
        String text,
        Result result)
        implements SyncItem {
    /** Longest text, in characters. */
    public static final int TEXT_MAX = 8192;

    /** The kinds. */
    public enum What {
        /** Changes of the mailbox tree. */
        CREATE_MAILBOX,
        CREATE_FOLDER,
        RENAME,
        DELETE_MAILBOX,
        DELETE_FOLDER,
        SET_GUID,
        SUBSCRIBE,
        UNSUBSCRIBE,
        /** Steps of a mailbox. */
        EXPUNGE,
        UPDATE,
        SET_MODSEQ,
        RENUMBER,
        COPY,
        SAVE,
        /** A mailbox is through. */
        RESULT,
        /** Something to be told. */
        WARNING,
        /** Something that is damaged, or cannot be done. */
        PROBLEM
    }

    /**
     * What becomes of a mailbox.
     *
     * @param status the exit code that it alone comes to, 0 to {@value Finish#STATUS_MAX}
     * @param skipped whether it is left alone
     */
    public record Result(
            int status,
            boolean skipped,
            long messages,
            long saved,
            long expunged,
            long flagged,
            long renumbered,
            long bytes) {
        /** Nothing said. */
        public static final Result NONE = new Result(0, false, 0, 0, 0, 0, 0, 0);

        /**
         * @throws IllegalArgumentException if a number is out of range
         */
        public Result {
            Check.range("status of planned", status, 0, Finish.STATUS_MAX);
            Check.range("messages of planned", messages, 0, Integer.MAX_VALUE);
            Check.range("saved of planned", saved, 0, Uid.MAX);
            Check.range("expunged of planned", expunged, 0, Uid.MAX);
            Check.range("flagged of planned", flagged, 0, Uid.MAX);
            Check.range("renumbered of planned", renumbered, 0, Uid.MAX);
            Check.range("bytes of planned", bytes, 0, Long.MAX_VALUE);
        }
    }

    /**
     * @throws IllegalArgumentException if a value is out of its range, or what belongs to this kind of thing is missing
     */
    public Planned {
        Check.unsigned32("uid_validity of planned", uidValidity);
        Check.unsigned32("uid of planned", uid);
        Check.unsigned32("new_uid of planned", newUid);
        Check.text("text of planned", text, TEXT_MAX);
        boolean complete =
                switch (what) {
                    case WARNING, PROBLEM -> true;
                    case RENAME -> mailbox != null && to != null;
                    case CREATE_MAILBOX, DELETE_MAILBOX, SET_GUID -> mailbox != null && identity != null;
                    case EXPUNGE -> mailbox != null && guid != null && uid > 0;
                    case SAVE -> mailbox != null && guid != null && newUid > 0;
                    case UPDATE, SET_MODSEQ -> mailbox != null && uid > 0;
                    case RENUMBER, COPY -> mailbox != null && uid > 0 && newUid > 0;
                    case CREATE_FOLDER, DELETE_FOLDER, SUBSCRIBE, UNSUBSCRIBE, RESULT -> mailbox != null;
                };
        if (!complete) {
            throw new IllegalArgumentException("planned is not complete");
        }
    }

    /** A change of the mailbox tree. */
    public static Planned change(
            What what,
            MailboxName mailbox,
            @Nullable MailboxName to,
            @Nullable MailboxGuid identity,
            long uidValidity) {
        return new Planned(
                what, mailbox, to, identity, uidValidity, 0, 0, null, Flags.NONE, Keywords.NONE, "", Result.NONE);
    }

    /** A step of a mailbox. */
    public static Planned step(
            What what,
            MailboxName mailbox,
            long uid,
            long newUid,
            @Nullable MailGuid guid,
            Flags flags,
            Keywords keywords,
            String reason) {
        return new Planned(
                what, mailbox, null, null, 0, uid, newUid, guid, flags, keywords, shortened(reason), Result.NONE);
    }

    /** Something to be told. */
    public static Planned told(What what, @Nullable MailboxName mailbox, String text, Result result) {
        return new Planned(
                what, mailbox, null, null, 0, 0, 0, null, Flags.NONE, Keywords.NONE, shortened(text), result);
    }

    private static String shortened(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
    }

    @Override
    public Kind kind() {
        return Kind.PLANNED;
    }
}
