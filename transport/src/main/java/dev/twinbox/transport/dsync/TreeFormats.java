package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * N and D (wire protocol, sections 2.3 and 2.4). A name is the list of its levels. What was deleted is said in pairs of GUID
 * or hash and time, with single blanks between all of them.
 */
final class TreeFormats {
    static final ItemFormat<MailboxNode> NODE = ItemFormat.<MailboxNode>of(
                    'N', "mailbox_tree_node", DsyncLimits.LINE_MAX)
            .required("name", node -> Tabs.join(node.name().levels()))
            .required("existence", node -> letter(node.existence()))
            .optional(
                    "mailbox_guid",
                    node -> node.guid() == null ? null : node.guid().toString())
            .optional("uid_validity", node -> Values.unlessZero(node.uidValidity()))
            .optional("uid_next", node -> Values.unlessZero(node.uidNext()))
            .optional("last_renamed_or_created", node -> Values.unlessZero(node.lastRenamedOrCreated()))
            .optional("subscribed", node -> Values.yes(node.subscribed()))
            .optional("last_subscription_change", node -> Values.unlessZero(node.lastSubscriptionChange()))
            .made(values -> new MailboxNode(
                    new MailboxName(Tabs.split(values.requiredText("name"), MailboxName.MAX_LEVELS)),
                    existence(values.letter("existence")),
                    values.guidOrNull("mailbox_guid"),
                    values.numberOrZero("uid_validity"),
                    values.numberOrZero("uid_next"),
                    values.numberOrZero("last_renamed_or_created"),
                    values.flag("subscribed"),
                    values.numberOrZero("last_subscription_change")));

    static final ItemFormat<MailboxDeletes> DELETES = ItemFormat.<MailboxDeletes>of(
                    'D', "mailbox_delete", DsyncLimits.LIST_LINE_MAX)
            .required("hierarchy_sep", deletes -> String.valueOf(deletes.separator()))
            .optional("escape_char", deletes -> escape(deletes.escape()))
            .optional("mailboxes", deletes -> mailboxes(deletes.mailboxes()))
            .optional("dirs", deletes -> names(deletes.folders()))
            .optional("unsubscribes", deletes -> names(deletes.unsubscribed()))
            .made(values -> new MailboxDeletes(
                    values.letter("hierarchy_sep"),
                    values.letterOr("escape_char", MailboxDeletes.NO_ESCAPE),
                    mailboxes(values),
                    names(values, "dirs"),
                    names(values, "unsubscribes")));

    private TreeFormats() {}

    private static String letter(Existence existence) {
        return switch (existence) {
            case EXISTS -> "y";
            case MISSING -> "n";
            case DELETED -> "d";
            // As a folder without mails, or with made up numbers, a Dovecot would take it for one to make anew.
            case UNREADABLE -> throw new IllegalArgumentException("an unreadable mailbox cannot be said in dsync");
        };
    }

    private static Existence existence(char letter) {
        return switch (letter) {
            case 'y' -> Existence.EXISTS;
            case 'n' -> Existence.MISSING;
            case 'd' -> Existence.DELETED;
            default -> throw new IllegalArgumentException("existence is none of y, n and d");
        };
    }

    /** Dovecot always says it since it knows it, if need be as empty. */
    private static String escape(char escape) {
        return escape == MailboxDeletes.NO_ESCAPE ? "" : String.valueOf(escape);
    }

    private static @Nullable String mailboxes(List<DeletedMailbox> mailboxes) {
        StringBuilder said = new StringBuilder();
        for (DeletedMailbox mailbox : mailboxes) {
            append(said, mailbox.guid().toString(), mailbox.time());
        }
        return said.length() == 0 ? null : said.toString();
    }

    private static @Nullable String names(List<DeletedName> names) {
        StringBuilder said = new StringBuilder();
        for (DeletedName name : names) {
            append(said, name.hash(), name.time());
        }
        return said.length() == 0 ? null : said.toString();
    }

    private static void append(StringBuilder said, String what, long time) {
        said.append(said.length() == 0 ? "" : " ").append(what).append(' ').append(time);
    }

    private static List<DeletedMailbox> mailboxes(Values values) {
        List<DeletedMailbox> mailboxes = new ArrayList<>();
        String key = "mailboxes";
        pairs(
                values,
                key,
                (guid, time) -> mailboxes.add(
                        new DeletedMailbox(MailboxGuid.parse(Values.hex128(key, guid)), Values.number(key, time))));
        return mailboxes;
    }

    private static List<DeletedName> names(Values values, String key) {
        List<DeletedName> names = new ArrayList<>();
        pairs(
                values,
                key,
                (hash, time) -> names.add(new DeletedName(Values.hex128(key, hash), Values.number(key, time))));
        return names;
    }

    private interface Pair {
        void take(String what, String time);
    }

    private static void pairs(Values values, String key, Pair pair) {
        String said = values.filledText(key);
        if (said == null) {
            return;
        }
        for (int start = 0; start <= said.length(); ) {
            int middle = said.indexOf(' ', start);
            if (middle < 0) {
                throw new IllegalArgumentException(key + " has a record without time");
            }
            int end = said.indexOf(' ', middle + 1);
            end = end < 0 ? said.length() : end;
            pair.take(said.substring(start, middle), said.substring(middle + 1, end));
            start = end + 1;
        }
    }
}
