package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.Details;
import dev.twinbox.protocol.item.Handshake.SyncType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * H (wire protocol, section 2.1). Lists: prefixes of namespaces are joined by LF, masks and names of headers by TAB. An
 * initiator must say the headers, since the responder has no default; real ones end that list with an empty name, Twinbox
 * does not.
 */
final class HandshakeFormat {
    static final ItemFormat<Handshake> FORMAT = ItemFormat.<Handshake>of('H', "handshake", DsyncLimits.LIST_LINE_MAX)
            .required("hostname", Handshake::hostname)
            .optional("sync_ns_prefix", HandshakeFormat::prefixes)
            .optional("sync_box", Handshake::mailbox)
            .optional(
                    "sync_box_guid",
                    h -> h.mailboxGuid() == null ? null : h.mailboxGuid().toString())
            .optional("sync_type", h -> letter(h.syncType()))
            .optional("debug", h -> Values.yes(h.debug()))
            .optional("sync_visible_namespaces", h -> Values.yes(h.allNamespaces()))
            .optional("exclude_mailboxes", h -> h.excluded().isEmpty() ? null : Tabs.join(h.excluded()))
            .optional("send_mail_requests", h -> Values.yes(h.mailRequests()))
            .optional("backup_send", h -> Values.yes(h.backupSend()))
            .optional("backup_recv", h -> Values.yes(h.backupReceive()))
            .optional("lock_timeout", h -> Values.unlessZero(h.lockTimeoutSeconds()))
            .optional("no_mail_sync", h -> Values.yes(h.noMailSync()))
            .optional("no_backup_overwrite", h -> Values.yes(h.keepDestinationChanges()))
            .optional("purge_remote", h -> Values.yes(h.purgeRemote()))
            .optional("no_notify", h -> Values.yes(h.details().noNotify()))
            .optional("sync_since_timestamp", h -> Values.unlessZero(h.sinceTime()))
            .optional("sync_max_size", h -> Values.unlessZero(h.maxSize()))
            .optional("sync_flags", Handshake::flag)
            .optional("sync_until_timestamp", h -> Values.unlessZero(h.untilTime()))
            .optional("virtual_all_box", Handshake::allMailbox)
            .optional("empty_hdr_workaround", h -> Values.yes(h.details().emptyHeaderWorkaround()))
            .optional(
                    "import_commit_msgs_interval",
                    h -> Values.unlessZero(h.details().commitInterval()))
            .optional("hashed_headers", HandshakeFormat::headers)
            .optional("alt_char", HandshakeFormat::replacement)
            .made(HandshakeFormat::made);

    private HandshakeFormat() {}

    private static Handshake made(Values values) {
        return new Handshake(
                values.requiredText("hostname"),
                syncType(values.text("sync_type")),
                prefixes(values.text("sync_ns_prefix")),
                values.text("sync_box"),
                values.guidOrNull("sync_box_guid"),
                excluded(values),
                values.flag("sync_visible_namespaces"),
                values.flag("send_mail_requests"),
                values.flag("backup_send"),
                values.flag("backup_recv"),
                values.flag("no_backup_overwrite"),
                values.flag("no_mail_sync"),
                values.flag("debug"),
                values.flag("purge_remote"),
                values.positiveOrZero("lock_timeout"),
                values.positiveOrZero("sync_since_timestamp"),
                values.positiveOrZero("sync_until_timestamp"),
                values.positiveOrZero("sync_max_size"),
                values.text("sync_flags"),
                values.text("virtual_all_box"),
                headers(values),
                false,
                false,
                null,
                new Details(
                        values.flag("no_notify"),
                        values.flag("empty_hdr_workaround"),
                        values.numberOrZero("import_commit_msgs_interval"),
                        values.letterOr("alt_char", Details.NO_REPLACEMENT)),
                false);
    }

    private static @Nullable String letter(@Nullable SyncType type) {
        if (type == null) {
            return null;
        }
        return switch (type) {
            case FULL -> "f";
            case CHANGED -> "c";
            case STATE -> "s";
        };
    }

    private static @Nullable SyncType syncType(@Nullable String letter) {
        if (letter == null) {
            return null;
        }
        return switch (letter) {
            case "f" -> SyncType.FULL;
            case "c" -> SyncType.CHANGED;
            case "s" -> SyncType.STATE;
            default -> throw new IllegalArgumentException("sync_type is none of f, c and s");
        };
    }

    /** A list of one empty prefix is an empty value, which is why an empty list must be an absent one. */
    private static @Nullable String prefixes(Handshake handshake) {
        return handshake.namespacePrefixes().isEmpty() ? null : String.join("\n", handshake.namespacePrefixes());
    }

    private static List<String> prefixes(@Nullable String joined) {
        return joined == null ? List.of() : List.of(joined.split("\n", Handshake.NAMES_MAX + 1));
    }

    /** A mask that is empty fits nothing. */
    private static List<String> excluded(Values values) {
        String joined = values.filledText("exclude_mailboxes");
        if (joined == null) {
            return List.of();
        }
        return Tabs.split(joined, Handshake.NAMES_MAX).stream()
                .filter(mask -> !mask.isEmpty())
                .toList();
    }

    /** A Dovecot that answers says an empty list, which is one empty name: by that it is known. */
    private static @Nullable String headers(Handshake handshake) {
        return handshake.hashedHeaders().isEmpty() ? null : Tabs.join(handshake.hashedHeaders());
    }

    private static List<String> headers(Values values) {
        String joined = values.text("hashed_headers");
        return joined == null ? List.of() : Tabs.split(joined, Handshake.HEADERS_MAX);
    }

    private static @Nullable String replacement(Handshake handshake) {
        char replacement = handshake.details().replacement();
        return replacement == Details.NO_REPLACEMENT ? null : String.valueOf(replacement);
    }
}
