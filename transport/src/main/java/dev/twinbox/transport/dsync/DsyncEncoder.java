package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.SyncItem;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes what we say in dsync ({@linkplain dev.twinbox.transport.dsync format}): first the greeting, then items, each with
 * its body if it has one, in pieces of any size. One for each conversation. Holds nothing. Which items the peer's version
 * allows is the caller's business ({@link DsyncVersion}). Not safe for use by several threads.
 */
public final class DsyncEncoder {
    /**
     * A line of a responder's greeting that says that Twinbox's own protocol is understood, too. A letter that means nothing
     * in dsync is passed over (wire protocol, section 1.2).
     */
    public static final String TWIN_OFFER = "Ttwinbox";

    /**
     * The headers of all {@link Formats}. Written down because an end that comes to speak Twinbox's own protocol needs nothing
     * else of them, and making them takes a fifth of the time that its start takes.
     */
    static final String HEADERS =
            "Hhostname\tsync_ns_prefix\tsync_box\tsync_box_guid\tsync_type\tdebug\tsync_visible_namespaces"
                    + "\texclude_mailboxes\tsend_mail_requests\tbackup_send\tbackup_recv\tlock_timeout\tno_mail_sync"
                    + "\tno_backup_overwrite\tpurge_remote\tno_notify\tsync_since_timestamp\tsync_max_size"
                    + "\tsync_flags\tsync_until_timestamp\tvirtual_all_box\tempty_hdr_workaround"
                    + "\timport_commit_msgs_interval\thashed_headers\talt_char\n"
                    + "Smailbox_guid\tlast_uidvalidity\tlast_common_uid\tlast_common_modseq\tlast_common_pvt_modseq"
                    + "\tlast_messages_count\tchanges_during_sync\n"
                    + "Nname\texistence\tmailbox_guid\tuid_validity\tuid_next\tlast_renamed_or_created\tsubscribed"
                    + "\tlast_subscription_change\n"
                    + "Dhierarchy_sep\tescape_char\tmailboxes\tdirs\tunsubscribes\n"
                    + "Bmailbox_guid\tuid_validity\tuid_next\tmessages_count\tfirst_recent_uid\thighest_modseq"
                    + "\thighest_pvt_modseq\tmailbox_lost\tmailbox_ignore\tcache_fields\thave_guids\thave_save_guids"
                    + "\thave_only_guid128\n"
                    + "Atype\tkey\tvalue\tstream\tdeleted\tlast_change\tmodseq\n"
                    + "Ctype\tuid\tguid\thdr_hash\tmodseq\tpvt_modseq\tadd_flags\tremove_flags\tfinal_flags"
                    + "\tkeywords_reset\tkeyword_changes\treceived_timestamp\tvirtual_size\n"
                    + "Rguid\tuid\n"
                    + "Mguid\tuid\tpop3_uidl\tpop3_order\treceived_date\tsaved_date\tstream\n"
                    + "Ferror\tmail_error\trequire_full_resync\n"
                    + "cname\tdecision\tlast_used\n";

    private @Nullable BodyWriter body;

    /** What every conversation begins with. */
    public static byte[] greeting() {
        return greeting("");
    }

    /** The same, with {@link #TWIN_OFFER}. */
    public static byte[] greetingWithOffer() {
        return greeting(TWIN_OFFER + "\n");
    }

    private static byte[] greeting(String last) {
        StringBuilder greeting = new StringBuilder();
        greeting.append("VERSION\tdsync\t").append(DsyncVersion.MAJOR);
        greeting.append('\t').append(DsyncVersion.OWN.minor()).append('\n');
        return bytes(greeting.append(HEADERS).append(last).append(Formats.DOT));
    }

    /**
     * One item. If it has a stream, its body must be written next.
     *
     * @return no bytes for what dsync does not know and can do without
     * @throws IllegalArgumentException if dsync has no way of saying it and cannot do without it: a mailbox that cannot be
     *     read, or text that is no Unicode
     * @throws IllegalStateException in the middle of a body
     */
    public byte[] item(SyncItem item) {
        if (body != null) {
            throw new IllegalStateException("a body is being written");
        }
        byte[] line =
                switch (item.kind()) {
                    case HANDSHAKE -> line(HandshakeFormat.FORMAT, (Handshake) item);
                    case MAILBOX_STATE -> line(MailboxFormats.STATE, (MailboxState) item);
                    case MAILBOX_NODE -> line(TreeFormats.NODE, (MailboxNode) item);
                    case MAILBOX_DELETES -> line(TreeFormats.DELETES, (MailboxDeletes) item);
                    case MAILBOX_HINT -> new byte[0];
                    case PLANNED -> throw new IllegalArgumentException("dsync has no dry runs");
                    case MAILBOX_INFO -> line(MailboxFormats.INFO, (MailboxInfo) item);
                    case MAILBOX_ATTRIBUTE -> line(MailboxFormats.ATTRIBUTE, (MailboxAttribute) item);
                    case MAIL_CHANGE -> line(MailFormats.CHANGE, (MailChange) item);
                    case MAIL_REQUEST -> line(MailFormats.REQUEST, (MailRequest) item);
                    case MAIL -> line(MailFormats.MAIL, (Mail) item);
                    case END_OF_LIST -> bytes(new StringBuilder(Formats.DOT));
                    case FINISH -> line(MailboxFormats.FINISH, (Finish) item);
                    case DONE -> bytes(new StringBuilder(Formats.DONE));
                };
        if (Formats.hasBody(item)) {
            body = new BodyWriter();
        }
        return line;
    }

    /**
     * The next bytes of a body.
     *
     * @return at most twice as many
     * @throws IllegalStateException if there is no body to write
     */
    public byte[] body(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return open().written(bytes, offset, length);
    }

    /**
     * What ends a body. A body that cannot be read to its end must not be ended: there is nothing left but to close.
     *
     * @throws IllegalStateException if there is no body to write
     */
    public byte[] bodyEnd() {
        open();
        body = null;
        return BodyWriter.end();
    }

    private BodyWriter open() {
        BodyWriter writer = body;
        if (writer == null) {
            throw new IllegalStateException("no body is being written");
        }
        return writer;
    }

    private static <T> byte[] line(ItemFormat<T> format, T item) {
        return bytes(new StringBuilder().append(format.letter()).append(format.written(item)));
    }

    private static byte[] bytes(StringBuilder line) {
        String text = line.append('\n').toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        checkUnicode(text);
        return bytes;
    }

    /** Half of a pair would become a question mark, and two GUIDs perhaps the same one. */
    private static void checkUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    throw new IllegalArgumentException("text that is no Unicode cannot be said in dsync");
                }
                i++;
            }
        }
    }
}
