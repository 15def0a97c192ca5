package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxState;

/** S, B, A and F (wire protocol, sections 2.2, 2.5, 2.6 and 2.9). */
final class MailboxFormats {
    static final ItemFormat<MailboxState> STATE = ItemFormat.<MailboxState>of(
                    'S', "mailbox_state", DsyncLimits.LINE_MAX)
            .required("mailbox_guid", state -> state.mailbox().toString())
            .required("last_uidvalidity", state -> Long.toString(state.uidValidity()))
            .required("last_common_uid", state -> Long.toString(state.commonUid()))
            .required("last_common_modseq", state -> state.commonModSeq().toString())
            .required("last_common_pvt_modseq", state -> state.commonPrivateModSeq()
                    .toString())
            .optional("last_messages_count", state -> Long.toString(state.messages()))
            .optional("changes_during_sync", state -> Values.yes(state.changesDuringSync()))
            .made(values -> new MailboxState(
                    values.guid("mailbox_guid"),
                    values.number("last_uidvalidity"),
                    values.number("last_common_uid"),
                    values.modSeq("last_common_modseq"),
                    values.modSeq("last_common_pvt_modseq"),
                    values.numberOrZero("last_messages_count"),
                    values.flag("changes_during_sync"),
                    0));

    static final ItemFormat<MailboxInfo> INFO = ItemFormat.<MailboxInfo>of('B', "mailbox", DsyncLimits.LIST_LINE_MAX)
            .required("mailbox_guid", info -> info.guid().toString())
            .required("uid_validity", info -> Long.toString(info.uidValidity()))
            .required("uid_next", info -> Long.toString(info.uidNext()))
            .required("messages_count", info -> Long.toString(info.messages()))
            .required("first_recent_uid", info -> Long.toString(info.firstRecentUid()))
            .required("highest_modseq", info -> info.highestModSeq().toString())
            .required("highest_pvt_modseq", info -> info.highestPrivateModSeq().toString())
            .optional("mailbox_lost", info -> Values.yes(info.lost()))
            .optional("mailbox_ignore", info -> Values.yes(info.ignore()))
            .optional("cache_fields", info -> CacheFieldFormat.joined(info.cacheFields()))
            .optional("have_guids", info -> Values.yes(info.hasGuids()))
            .optional("have_save_guids", info -> Values.yes(info.hasSaveGuids()))
            .optional("have_only_guid128", info -> Values.yes(info.onlyGuid128()))
            .made(MailboxFormats::info);

    static final ItemFormat<MailboxAttribute> ATTRIBUTE = ItemFormat.<MailboxAttribute>of(
                    'A', "mailbox_attribute", DsyncLimits.LIST_LINE_MAX)
            .required("type", attribute -> attribute.shared() ? "s" : "p")
            .required("key", MailboxAttribute::key)
            .optional("value", MailboxAttribute::value)
            .optional("stream", attribute -> Values.yes(attribute.hasStream()))
            .optional("deleted", attribute -> Values.yes(attribute.deleted()))
            .optional("last_change", attribute -> Values.unlessZero(attribute.lastChange()))
            .optional("modseq", attribute -> Values.unlessNone(attribute.modSeq()))
            .made(values -> new MailboxAttribute(
                    shared(values.letter("type")),
                    values.requiredText("key"),
                    values.text("value"),
                    values.flag("stream"),
                    values.flag("deleted"),
                    values.numberOrZero("last_change"),
                    values.modSeqOrNone("modseq")));

    /** An error without text cannot be told from none. */
    static final ItemFormat<Finish> FINISH = ItemFormat.<Finish>of('F', "finish", DsyncLimits.LIST_LINE_MAX)
            .optional("error", Finish::error)
            .optional("mail_error", finish -> Values.unlessZero(finish.mailError()))
            .optional("require_full_resync", finish -> Values.yes(finish.requireFullResync()))
            .made(values -> new Finish(
                    values.filledText("error"),
                    (int) Math.min(values.numberOrZero("mail_error"), Integer.MAX_VALUE),
                    values.flag("require_full_resync")));

    private MailboxFormats() {}

    private static MailboxInfo info(Values values) {
        boolean hasGuids = values.flag("have_guids");
        return new MailboxInfo(
                values.guid("mailbox_guid"),
                values.flag("mailbox_lost"),
                values.flag("mailbox_ignore"),
                values.number("uid_validity"),
                values.number("uid_next"),
                values.number("messages_count"),
                values.number("first_recent_uid"),
                values.modSeq("highest_modseq"),
                values.modSeq("highest_pvt_modseq"),
                hasGuids,
                values.speaker().version().hasSaveGuids() ? values.flag("have_save_guids") : hasGuids,
                values.flag("have_only_guid128"),
                false,
                0,
                false,
                BlockDigests.NONE,
                CacheFieldFormat.split(values.speaker(), values.filledText("cache_fields")));
    }

    private static boolean shared(char type) {
        return switch (type) {
            case 's' -> true;
            case 'p' -> false;
            default -> throw new IllegalArgumentException("type is neither p nor s");
        };
    }
}
