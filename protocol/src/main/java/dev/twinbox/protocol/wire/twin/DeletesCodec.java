package dev.twinbox.protocol.wire.twin;

import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.wire.proto.DeletedMailbox;
import dev.twinbox.protocol.wire.proto.DeletedName;
import dev.twinbox.protocol.wire.proto.MailboxDeletesItem;
import dev.twinbox.protocol.wire.proto.Sentence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Deletes to messages and back: there may be too many for one message. Not safe for use by several threads. */
final class DeletesCodec {
    /** Most entries that are said in one message. */
    static final int ENTRIES_IN_PART = 4096;

    private final List<MailboxDeletes.DeletedMailbox> mailboxes = new ArrayList<>();
    private final List<MailboxDeletes.DeletedName> folders = new ArrayList<>();
    private final List<MailboxDeletes.DeletedName> unsubscribed = new ArrayList<>();
    private @Nullable MailboxDeletesItem first;

    /** At least one sentence. */
    static List<Sentence> sentences(MailboxDeletes item) {
        List<Sentence> parts = new ArrayList<>();
        MailboxDeletesItem.Builder part =
                MailboxDeletesItem.newBuilder().setSeparator(item.separator()).setEscape(item.escape());
        for (MailboxDeletes.DeletedMailbox deleted : item.mailboxes()) {
            part = room(parts, part);
            part.addMailboxes(DeletedMailbox.newBuilder()
                    .setGuid(ItemWriter.bytes(deleted.guid()))
                    .setTime(deleted.time()));
        }
        for (MailboxDeletes.DeletedName deleted : item.folders()) {
            part = room(parts, part);
            part.addFolders(name(deleted));
        }
        for (MailboxDeletes.DeletedName deleted : item.unsubscribed()) {
            part = room(parts, part);
            part.addUnsubscribed(name(deleted));
        }
        parts.add(Sentence.newBuilder().setMailboxDeletes(part).build());
        return parts;
    }

    private static MailboxDeletesItem.Builder room(List<Sentence> parts, MailboxDeletesItem.Builder part) {
        int entries = part.getMailboxesCount() + part.getFoldersCount() + part.getUnsubscribedCount();
        if (entries < ENTRIES_IN_PART) {
            return part;
        }
        parts.add(Sentence.newBuilder().setMailboxDeletes(part.setMore(true)).build());
        return MailboxDeletesItem.newBuilder();
    }

    private static DeletedName name(MailboxDeletes.DeletedName deleted) {
        return DeletedName.newBuilder()
                .setHash(ItemWriter.hex(deleted.hash()))
                .setTime(deleted.time())
                .build();
    }

    /** Whether parts are still to come. */
    boolean isOpen() {
        return first != null;
    }

    /**
     * Takes a part.
     *
     * @return null if it was not the last
     */
    @Nullable
    MailboxDeletes part(MailboxDeletesItem part) {
        MailboxDeletesItem head = first == null ? part : first;
        check(mailboxes.size() + part.getMailboxesCount());
        check(folders.size() + part.getFoldersCount());
        check(unsubscribed.size() + part.getUnsubscribedCount());
        for (DeletedMailbox said : part.getMailboxesList()) {
            mailboxes.add(new MailboxDeletes.DeletedMailbox(ItemReader.guid(said.getGuid()), said.getTime()));
        }
        for (DeletedName said : part.getFoldersList()) {
            folders.add(new MailboxDeletes.DeletedName(ItemReader.hex(said.getHash()), said.getTime()));
        }
        for (DeletedName said : part.getUnsubscribedList()) {
            unsubscribed.add(new MailboxDeletes.DeletedName(ItemReader.hex(said.getHash()), said.getTime()));
        }
        if (part.getMore()) {
            first = first == null ? bare(part) : first;
            return null;
        }
        MailboxDeletes whole = new MailboxDeletes(
                ItemReader.character("separator of mailbox_deletes", head.getSeparator()),
                ItemReader.character("escape of mailbox_deletes", head.getEscape()),
                mailboxes,
                folders,
                unsubscribed);
        first = null;
        mailboxes.clear();
        folders.clear();
        unsubscribed.clear();
        return whole;
    }

    private static MailboxDeletesItem bare(MailboxDeletesItem part) {
        return MailboxDeletesItem.newBuilder()
                .setSeparator(part.getSeparator())
                .setEscape(part.getEscape())
                .build();
    }

    private static void check(int entries) {
        if (entries > MailboxDeletes.ENTRIES_MAX) {
            throw new IllegalArgumentException("mailbox_deletes has " + entries + " entries");
        }
    }
}
