package dev.twinbox.engine.storage.mbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mail as it stands in an mbox file; positions are offsets in bytes.
 *
 * @param from where its From_ line begins
 * @param header where its header begins
 * @param body where its body begins: behind the empty line, or where the mail ends if it has none
 * @param end where the mail ends; the line end that follows belongs to nobody
 * @param next where the next From_ line begins, or the file ends
 * @param sender of the From_ line
 * @param received seconds since 1970
 * @param uid what {@code X-UID} says and may be believed so far; 0 for nothing
 * @param flags the bits of {@link dev.twinbox.protocol.item.Flags} that {@code Status} and {@code X-Status} say
 * @param old {@code Status} says that somebody has seen the mail in a list: it is not recent
 * @param keywords what {@code X-Keywords} says
 * @param md5 the header's hash, 32 hex digits
 * @param slots where the values of {@code Status}, {@code X-Status} and {@code X-Keywords} stand
 * @param base what the first mail says of the mailbox
 * @param lastUidAt where its last UID stands, in ten digits; -1 if not so
 * @param promised what {@code Content-Length} says; -1 for nothing
 * @param complete whether the mail has as much as {@code Content-Length} says, if that is said
 */
record MboxMail(
        long from,
        long header,
        long body,
        long end,
        long next,
        String sender,
        long received,
        long uid,
        int flags,
        boolean old,
        List<String> keywords,
        String md5,
        Slots slots,
        @Nullable MboxBase base,
        long lastUidAt,
        long promised,
        boolean complete) {
    /** Where values are that can be overwritten. */
    record Slots(Slot status, Slot moreStatus, Slot keywords) {}

    /**
     * What is between a colon and the end of its line.
     *
     * @param length bytes; -1 if there is no such line, or more than one
     */
    record Slot(long at, int length) {
        static final Slot NONE = new Slot(0, -1);
    }

    /** Whether the mail only holds numbers of the mailbox. */
    boolean isPseudo() {
        return base != null && base.pseudo();
    }

    /** Bytes of the mail, hidden lines included. */
    long length() {
        return end - header;
    }
}
