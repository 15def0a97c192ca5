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
 * @param block the hidden lines, if they all stand together; null if not, or if there are none
 * @param base what the first mail says of the mailbox
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
        @Nullable Block block,
        @Nullable MboxBase base,
        long promised,
        boolean complete) {
    /**
     * Where the hidden lines are.
     *
     * @param length with all line ends
     */
    record Block(long start, int length) {}

    /** Whether the mail only holds numbers of the mailbox. */
    boolean isPseudo() {
        return base != null && base.pseudo();
    }

    /** Bytes of the mail, hidden lines included. */
    long length() {
        return end - header;
    }
}
