package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.AttributeMerge;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.ModSeq;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The list of METADATA entries that comes before a mailbox's changes (dsync wire protocol, section 2.6).
 *
 * <p>A Twinbox whose list is complete says so by the deletion of an entry that nobody has: to others it means nothing, and
 * without it, as from a source that keeps no attributes at all, an entry that is not in the list may still be there.
 */
final class AttributeExchange {
    private static final MailboxAttribute COMPLETE =
            new MailboxAttribute(false, "vendor/dev.twinbox/complete", null, false, true, 0, ModSeq.NONE);

    private AttributeExchange() {}

    /**
     * What a mailbox has to tell; nothing, and that is not all, if its store keeps none.
     *
     * @param forDovecot leaves out when entries were changed. A Dovecot that keeps them in a file does not say so of its own,
     *     and would take ours for the later ones whenever they were changed; without times it goes by the modseqs, and so must we
     */
    static Attributes of(boolean kept, Mailbox box, boolean forDovecot) throws IOException {
        if (!kept) {
            return Attributes.of(List.of(), false);
        }
        Attributes all = box.attributes();
        return forDovecot ? withoutTimes(all) : all;
    }

    private static Attributes withoutTimes(Attributes attributes) {
        List<MailboxAttribute> list = new ArrayList<>();
        for (MailboxAttribute each : attributes) {
            list.add(new MailboxAttribute(
                    each.shared(), each.key(), each.value(), false, each.deleted(), 0, each.modSeq()));
        }
        return Attributes.of(list, attributes.isComplete());
    }

    /** Says a list and its end; nothing at all to an end that does not know such lists. */
    static void send(Conversation talk, Attributes attributes) throws IOException {
        if (!talk.knowsAttributes()) {
            return;
        }
        if (attributes.isComplete() && !talk.isDsync()) {
            talk.send(COMPLETE);
        }
        for (MailboxAttribute attribute : attributes) {
            talk.send(attribute);
        }
        talk.endList();
    }

    /**
     * Hears a list to its end.
     *
     * @param first what was received in its place already
     */
    static Attributes receive(Conversation talk, Peer.Incoming first, MailboxName name, SyncObserver observer)
            throws IOException {
        List<MailboxAttribute> list = new ArrayList<>();
        boolean complete = false;
        int leftOut = 0;
        for (Peer.Incoming next = first; !(next.item() instanceof EndOfList); next = talk.receiveWithBody()) {
            if (!(next.item() instanceof MailboxAttribute told)) {
                throw new PeerException("the other side sent " + next.item().kind() + " instead of an attribute");
            }
            if (told.equals(COMPLETE)) {
                complete = true;
                continue;
            }
            MailboxAttribute attribute = told.hasStream() ? withValue(told, next.body()) : told;
            if (attribute == null || list.size() == Attributes.ENTRIES_MAX) {
                leftOut++;
            } else {
                list.add(attribute);
            }
        }
        if (leftOut > 0) {
            observer.warning(
                    name,
                    leftOut + " attributes are left out: no text, longer than " + MailboxAttribute.VALUE_MAX
                            + " characters, or more than " + Attributes.ENTRIES_MAX);
        }
        return Attributes.of(list, complete && leftOut == 0);
    }

    /** The attribute with its content as a value; null if it cannot be one. */
    private static @Nullable MailboxAttribute withValue(MailboxAttribute told, @Nullable MailBody body)
            throws IOException {
        if (body == null) {
            return null;
        }
        byte[] bytes;
        try (InputStream in = body.open()) {
            bytes = in.readNBytes(MailboxAttribute.VALUE_MAX + 1);
        }
        if (bytes.length > MailboxAttribute.VALUE_MAX) {
            return null;
        }
        try {
            String value = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new MailboxAttribute(
                    told.shared(), told.key(), value, false, false, told.lastChange(), told.modSeq());
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Makes the entries of a destination's mailbox those of the source's, or only says so if {@code dryRun}. */
    static void mirror(MailStore store, Mailbox box, Attributes source, boolean dryRun, SyncObserver observer)
            throws IOException {
        if (!store.keepsAttributes()) {
            return;
        }
        apply(box, AttributeMerge.mirror(source, box.attributes()), dryRun, observer);
    }

    /** Carries changes out, or only says what they are if {@code dryRun}. */
    static void apply(Mailbox box, List<MailboxAttribute> changes, boolean dryRun, SyncObserver observer)
            throws IOException {
        if (changes.isEmpty()) {
            return;
        }
        if (!dryRun) {
            box.applyAttributes(changes);
        }
        for (MailboxAttribute change : changes) {
            observer.debug(
                    box.name(),
                    (dryRun ? "would be " : "")
                            + (change.deleted() ? "unset: " : "set: ")
                            + (change.shared() ? "/shared/" : "/private/")
                            + change.key());
        }
    }
}
