package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.ModSeq;
import java.util.List;

/** Between a store's {@link MailboxStatus} and the item that carries it. Pure. */
final class Infos {
    private Infos() {}

    static MailboxInfo of(MailboxStatus status, Capabilities can) {
        return new MailboxInfo(
                status.guid(),
                false,
                false,
                status.uidValidity(),
                status.uidNext(),
                status.messages(),
                status.firstRecentUid(),
                new ModSeq(status.highestModSeq()),
                ModSeq.NONE,
                can.hasGuids(),
                can.keepsGuidOnSave(),
                can.onlyGuid128(),
                status.provisional(),
                0,
                false,
                BlockDigests.NONE,
                List.of());
    }

    /** The numbers of a mailbox that is not there yet. */
    static MailboxStatus unmade(MailboxGuid guid) {
        return new MailboxStatus(guid, 0, 1, 0, 1, 1, false);
    }

    /**
     * What is said of a mailbox that is not there yet; also of one that shall be like a Dovecot's and has another UIDVALIDITY.
     * A Dovecot gives up its own UIDVALIDITY, even as the source, for that of the end that has more mails or the larger one
     * (dsync wire protocol, section 3.5).
     */
    static MailboxInfo justMade(MailboxGuid guid, Capabilities can) {
        return of(unmade(guid), can);
    }

    /** The same, with what only Twinboxes say. */
    static MailboxInfo with(MailboxInfo info, long digest, boolean incremental, BlockDigests blocks) {
        return new MailboxInfo(
                info.guid(),
                info.lost(),
                info.ignore(),
                info.uidValidity(),
                info.uidNext(),
                info.messages(),
                info.firstRecentUid(),
                info.highestModSeq(),
                info.highestPrivateModSeq(),
                info.hasGuids(),
                info.hasSaveGuids(),
                info.onlyGuid128(),
                info.provisionalUids(),
                digest,
                incremental,
                blocks,
                info.cacheFields());
    }

    /** Whether a Dovecot takes two pairs of numbers for equal mailboxes (dsync wire protocol, section 3.4). */
    static boolean sameNumbers(MailboxInfo one, MailboxInfo other) {
        return one.uidValidity() == other.uidValidity()
                && one.uidNext() == other.uidNext()
                && one.messages() == other.messages()
                && one.highestModSeq().equals(other.highestModSeq())
                && one.highestPrivateModSeq().equals(other.highestPrivateModSeq())
                && one.firstRecentUid() == other.firstRecentUid();
    }

    static MailboxStatus status(MailboxInfo info) {
        return new MailboxStatus(
                info.guid(),
                info.uidValidity(),
                info.uidNext(),
                Math.toIntExact(info.messages()),
                info.firstRecentUid(),
                info.highestModSeq().value(),
                info.provisionalUids());
    }
}
