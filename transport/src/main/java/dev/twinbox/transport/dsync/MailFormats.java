package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange.Action;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * C, R and M (wire protocol, sections 2.7 and 2.8). Of a mail that exists, no GUID is an empty value; of one that was
 * expunged or is asked for, an absent one. A keyword has the sign of how it stands in front. A size that is not known is
 * said with saved mails only, as sixteen f.
 */
final class MailFormats {
    static final ItemFormat<MailChange> CHANGE = ItemFormat.<MailChange>of(
                    'C', "mail_change", DsyncLimits.LIST_LINE_MAX)
            .required("type", change -> letter(change.type()))
            .required("uid", change -> change.uid().toString())
            .optional("guid", MailFormats::guid)
            .optional("hdr_hash", MailChange::headerHash)
            .optional("modseq", change -> Values.unlessNone(change.modSeq()))
            .optional("pvt_modseq", change -> Values.unlessNone(change.privateModSeq()))
            .optional("add_flags", change -> flags(change.added()))
            .optional("remove_flags", change -> flags(change.removed()))
            .optional("final_flags", change -> flags(change.current()))
            .optional("keywords_reset", change -> Values.yes(change.keywordsReset()))
            .optional("keyword_changes", change -> keywords(change.keywords()))
            .optional("received_timestamp", change -> received(change.received()))
            .optional("virtual_size", MailFormats::size)
            .made(MailFormats::change);

    static final ItemFormat<MailRequest> REQUEST = ItemFormat.<MailRequest>of('R', "mail_request", DsyncLimits.LINE_MAX)
            .optional(
                    "guid",
                    request -> request.guid() == null ? null : request.guid().value())
            .optional("uid", request -> Values.unlessZero(request.uid()))
            .made(values -> new MailRequest(guid(values), values.numberOrZero("uid")));

    static final ItemFormat<Mail> MAIL = ItemFormat.<Mail>of('M', "mail", DsyncLimits.LINE_MAX)
            .optional("guid", mail -> mail.guid() == null ? "" : mail.guid().value())
            .optional("uid", mail -> Values.unlessZero(mail.uid()))
            .optional("pop3_uidl", Mail::pop3Uidl)
            .optional("pop3_order", mail -> Values.unlessZero(mail.pop3Order()))
            .optional("received_date", mail -> Values.unlessZero(mail.received()))
            .optional("saved_date", mail -> Values.unlessZero(mail.saved()))
            .optional("stream", mail -> Values.yes(mail.hasStream()))
            .made(MailFormats::mail);

    /** The bits of a flag byte that are said but are no flags: Dovecot's own. */
    private static final int FLAG_BYTE = 0xFF;

    private static final String SIZE_UNKNOWN = "ffffffffffffffff";

    private MailFormats() {}

    private static MailChange change(Values values) {
        return new MailChange(
                type(values.letter("type")),
                values.uid("uid"),
                guid(values),
                values.hashOrNull("hdr_hash"),
                values.modSeqOrNone("modseq"),
                values.modSeqOrNone("pvt_modseq"),
                flags(values, "add_flags"),
                flags(values, "remove_flags"),
                flags(values, "final_flags"),
                values.flag("keywords_reset"),
                keywords(values.filledText("keyword_changes")),
                received(values),
                size(values),
                Map.of());
    }

    private static Mail mail(Values values) {
        String uidl = values.text("pop3_uidl");
        return new Mail(
                guid(values),
                values.numberOrZero("uid"),
                uidl == null ? "" : uidl,
                values.numberOrZero("pop3_order"),
                values.timeOrZero("received_date"),
                values.timeOrZero("saved_date"),
                values.flag("stream"));
    }

    private static @Nullable String guid(MailChange change) {
        if (change.guid() == null) {
            return change.type() == MailChange.Type.EXPUNGE ? null : "";
        }
        return change.guid().value();
    }

    private static @Nullable MailGuid guid(Values values) {
        String guid = values.filledText("guid");
        return guid == null ? null : new MailGuid(guid);
    }

    private static String letter(MailChange.Type type) {
        return switch (type) {
            case SAVE -> "s";
            case EXPUNGE -> "e";
            case FLAGS -> "f";
        };
    }

    private static MailChange.Type type(char letter) {
        return switch (letter) {
            case 's' -> MailChange.Type.SAVE;
            case 'e' -> MailChange.Type.EXPUNGE;
            case 'f' -> MailChange.Type.FLAGS;
            default -> throw new IllegalArgumentException("type is none of s, e and f");
        };
    }

    private static @Nullable String flags(Flags flags) {
        return flags.bits() == 0 ? null : Integer.toHexString(flags.bits());
    }

    private static Flags flags(Values values, String key) {
        String value = values.text(key);
        long bits = value == null ? 0 : Values.hex(key, value);
        if (bits > FLAG_BYTE) {
            throw new IllegalArgumentException(key + " is more than a byte");
        }
        return new Flags((int) bits & (Flags.SETTABLE | Flags.RECENT));
    }

    private static @Nullable String keywords(List<KeywordChange> changes) {
        if (changes.isEmpty()) {
            return null;
        }
        List<String> parts = new ArrayList<>(changes.size());
        for (KeywordChange change : changes) {
            parts.add(sign(change.action()) + change.name());
        }
        return Tabs.join(parts);
    }

    private static List<KeywordChange> keywords(@Nullable String joined) {
        if (joined == null) {
            return List.of();
        }
        List<KeywordChange> changes = new ArrayList<>();
        for (String part : Tabs.split(joined, Keywords.MAX_NAMES)) {
            if (part.isEmpty()) {
                throw new IllegalArgumentException("keyword_changes has an empty part");
            }
            changes.add(new KeywordChange(action(part.charAt(0)), part.substring(1)));
        }
        return changes;
    }

    private static String sign(Action action) {
        return switch (action) {
            case ADDED -> "+";
            case REMOVED -> "-";
            case SET -> "=";
            case ADDED_AND_SET -> "&";
        };
    }

    private static Action action(char sign) {
        return switch (sign) {
            case '+' -> Action.ADDED;
            case '-' -> Action.REMOVED;
            case '=' -> Action.SET;
            case '&' -> Action.ADDED_AND_SET;
            default -> throw new IllegalArgumentException("keyword_changes has a part with none of the signs + - = &");
        };
    }

    /** Nothing before the first second after 1970 can be said; as filters go, that one is early enough. */
    private static @Nullable String received(long seconds) {
        return seconds == MailChange.UNKNOWN ? null : Long.toHexString(Math.max(seconds, 1));
    }

    private static long received(Values values) {
        String value = values.text("received_timestamp");
        if (value == null) {
            return MailChange.UNKNOWN;
        }
        long seconds = Values.hex("received_timestamp", value);
        if (seconds == 0) {
            throw new IllegalArgumentException("received_timestamp is zero");
        }
        return seconds;
    }

    private static @Nullable String size(MailChange change) {
        if (change.virtualSize() == MailChange.UNKNOWN) {
            return change.type() == MailChange.Type.SAVE ? SIZE_UNKNOWN : null;
        }
        return Long.toHexString(change.virtualSize());
    }

    private static long size(Values values) {
        String value = values.text("virtual_size");
        return value == null || value.equals(SIZE_UNKNOWN) ? MailChange.UNKNOWN : Values.hex("virtual_size", value);
    }
}
