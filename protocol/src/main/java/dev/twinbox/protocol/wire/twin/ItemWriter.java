package dev.twinbox.protocol.wire.twin;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.Planned;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.wire.proto.Blocks;
import dev.twinbox.protocol.wire.proto.CacheDecision;
import dev.twinbox.protocol.wire.proto.CacheField;
import dev.twinbox.protocol.wire.proto.ChangeType;
import dev.twinbox.protocol.wire.proto.Deletions;
import dev.twinbox.protocol.wire.proto.DoneItem;
import dev.twinbox.protocol.wire.proto.EndOfListItem;
import dev.twinbox.protocol.wire.proto.Existence;
import dev.twinbox.protocol.wire.proto.FinishItem;
import dev.twinbox.protocol.wire.proto.Guid;
import dev.twinbox.protocol.wire.proto.HandshakeItem;
import dev.twinbox.protocol.wire.proto.KeywordAction;
import dev.twinbox.protocol.wire.proto.KeywordChange;
import dev.twinbox.protocol.wire.proto.MailChangeItem;
import dev.twinbox.protocol.wire.proto.MailItem;
import dev.twinbox.protocol.wire.proto.MailRequestItem;
import dev.twinbox.protocol.wire.proto.MailboxAttributeItem;
import dev.twinbox.protocol.wire.proto.MailboxHintItem;
import dev.twinbox.protocol.wire.proto.MailboxInfoItem;
import dev.twinbox.protocol.wire.proto.MailboxNodeItem;
import dev.twinbox.protocol.wire.proto.MailboxStateItem;
import dev.twinbox.protocol.wire.proto.PlannedItem;
import dev.twinbox.protocol.wire.proto.PlannedResult;
import dev.twinbox.protocol.wire.proto.PlannedWhat;
import dev.twinbox.protocol.wire.proto.Sentence;
import dev.twinbox.protocol.wire.proto.SyncType;
import java.util.HexFormat;

/** Items to messages; {@link ItemReader} is the other way. A text that is no valid Unicode is refused. */
final class ItemWriter {
    private static final int HEX_LENGTH = 32;

    /** Begins the names of what can be planned. */
    static final String WHAT = "PLANNED_WHAT_";

    private ItemWriter() {}

    /** A sentence with any item but deletes, which may be too long for one. */
    static Sentence sentence(SyncItem item) {
        Sentence.Builder sentence = Sentence.newBuilder();
        if (item instanceof MailChange change) {
            sentence.setMailChange(change(change));
        } else if (item instanceof MailRequest request) {
            sentence.setMailRequest(request(request));
        } else if (item instanceof Mail mail) {
            sentence.setMail(mail(mail));
        } else if (item instanceof Planned planned) {
            sentence.setPlanned(planned(planned));
        } else if (item instanceof EndOfList) {
            sentence.setEndOfList(EndOfListItem.getDefaultInstance());
        } else if (item instanceof MailboxInfo info) {
            sentence.setMailboxInfo(info(info));
        } else if (item instanceof MailboxNode node) {
            sentence.setMailboxNode(node(node));
        } else if (item instanceof MailboxState state) {
            sentence.setMailboxState(state(state));
        } else if (item instanceof MailboxHint hint) {
            sentence.setMailboxHint(hint(hint));
        } else if (item instanceof MailboxAttribute attribute) {
            sentence.setMailboxAttribute(attribute(attribute));
        } else if (item instanceof Handshake handshake) {
            sentence.setHandshake(handshake(handshake));
        } else if (item instanceof Finish finish) {
            sentence.setFinish(finish(finish));
        } else if (item instanceof MailboxDeletes) {
            throw new IllegalArgumentException("mailbox_deletes is written in parts");
        } else if (item instanceof Done done) {
            sentence.setDone(done(done));
        } else {
            throw new IllegalArgumentException("an item of an unknown kind");
        }
        return sentence.build();
    }

    private static HandshakeItem handshake(Handshake item) {
        HandshakeItem.Builder said = HandshakeItem.newBuilder()
                .setHostname(text(item.hostname()))
                .setAllNamespaces(item.allNamespaces())
                .setMailRequests(item.mailRequests())
                .setBackupSend(item.backupSend())
                .setBackupReceive(item.backupReceive())
                .setKeepDestinationChanges(item.keepDestinationChanges())
                .setNoMailSync(item.noMailSync())
                .setDebug(item.debug())
                .setPurgeRemote(item.purgeRemote())
                .setLockTimeout((int) item.lockTimeoutSeconds())
                .setSinceTime(item.sinceTime())
                .setUntilTime(item.untilTime())
                .setMaxSize(item.maxSize())
                .setPlanFirst(item.planFirst())
                .setHints(item.hints())
                .setNoNotify(item.details().noNotify())
                .setEmptyHeaderWorkaround(item.details().emptyHeaderWorkaround())
                .setCommitInterval((int) item.details().commitInterval())
                .setReplacement(item.details().replacement())
                .setDryRun(item.dryRun());
        item.namespacePrefixes().forEach(prefix -> said.addNamespacePrefixes(text(prefix)));
        item.excluded().forEach(mask -> said.addExcluded(text(mask)));
        item.hashedHeaders().forEach(name -> said.addHashedHeaders(text(name)));
        Handshake.SyncType type = item.syncType();
        if (type != null) {
            said.setSyncType(
                    switch (type) {
                        case FULL -> SyncType.SYNC_TYPE_FULL;
                        case CHANGED -> SyncType.SYNC_TYPE_CHANGED;
                        case STATE -> SyncType.SYNC_TYPE_STATE;
                    });
        }
        String mailbox = item.mailbox();
        if (mailbox != null) {
            said.setMailbox(text(mailbox));
        }
        MailboxGuid guid = item.mailboxGuid();
        if (guid != null) {
            said.setMailboxGuid(bytes(guid));
        }
        String flag = item.flag();
        if (flag != null) {
            said.setFlag(text(flag));
        }
        String all = item.allMailbox();
        if (all != null) {
            said.setAllMailbox(text(all));
        }
        Handshake.Deletions deletions = item.deletions();
        if (deletions != null) {
            said.setDeletions(Deletions.newBuilder()
                    .setMails(deletions.mails())
                    .setPercent(deletions.percent())
                    .setFloor(deletions.floor()));
        }
        return said.build();
    }

    private static MailboxStateItem state(MailboxState item) {
        return MailboxStateItem.newBuilder()
                .setMailbox(bytes(item.mailbox()))
                .setUidValidity((int) item.uidValidity())
                .setCommonUid((int) item.commonUid())
                .setCommonModSeq(item.commonModSeq().value())
                .setCommonPrivateModSeq(item.commonPrivateModSeq().value())
                .setMessages((int) item.messages())
                .setChangesDuringSync(item.changesDuringSync())
                .setPending((int) item.pending())
                .build();
    }

    private static MailboxNodeItem node(MailboxNode item) {
        MailboxNodeItem.Builder said = MailboxNodeItem.newBuilder()
                .addAllName(item.name().levels())
                .setExistence(
                        switch (item.existence()) {
                            case EXISTS -> Existence.EXISTENCE_EXISTS;
                            case MISSING -> Existence.EXISTENCE_MISSING;
                            case DELETED -> Existence.EXISTENCE_DELETED;
                            case UNREADABLE -> Existence.EXISTENCE_UNREADABLE;
                        })
                .setUidValidity((int) item.uidValidity())
                .setUidNext(item.uidNext())
                .setLastRenamedOrCreated(item.lastRenamedOrCreated())
                .setSubscribed(item.subscribed())
                .setLastSubscriptionChange(item.lastSubscriptionChange());
        MailboxGuid guid = item.guid();
        if (guid != null) {
            said.setGuid(bytes(guid));
        }
        return said.build();
    }

    private static MailboxHintItem hint(MailboxHint item) {
        return MailboxHintItem.newBuilder()
                .setMailbox(bytes(item.mailbox()))
                .setKeep(item.keep())
                .setChanged(item.changed())
                .setWholeLog(item.wholeLog())
                .setUnsyncedFrom((int) item.unsyncedFrom())
                .setLeavesOut(item.leavesOut())
                .build();
    }

    private static MailboxInfoItem info(MailboxInfo item) {
        MailboxInfoItem.Builder said = MailboxInfoItem.newBuilder()
                .setGuid(bytes(item.guid()))
                .setLost(item.lost())
                .setIgnore(item.ignore())
                .setUidValidity((int) item.uidValidity())
                .setUidNext(item.uidNext())
                .setMessages((int) item.messages())
                .setFirstRecentUid(item.firstRecentUid())
                .setHighestModSeq(item.highestModSeq().value())
                .setHighestPrivateModSeq(item.highestPrivateModSeq().value())
                .setHasGuids(item.hasGuids())
                .setHasSaveGuids(item.hasSaveGuids())
                .setOnlyGuid128(item.onlyGuid128())
                .setProvisionalUids(item.provisionalUids())
                .setDigest(item.digest())
                .setIncremental(item.incremental());
        BlockDigests blocks = item.blocks();
        if (!blocks.isNone()) {
            Blocks.Builder sums = Blocks.newBuilder().setShift(blocks.shift());
            for (long sum : blocks.sums()) {
                sums.addSums(sum);
            }
            said.setBlocks(sums);
        }
        for (MailboxInfo.CacheField field : item.cacheFields()) {
            said.addCacheFields(CacheField.newBuilder()
                    .setName(text(field.name()))
                    .setDecision(
                            switch (field.decision()) {
                                case NO -> CacheDecision.CACHE_DECISION_NO;
                                case TEMPORARY -> CacheDecision.CACHE_DECISION_TEMPORARY;
                                case PERMANENT -> CacheDecision.CACHE_DECISION_PERMANENT;
                            })
                    .setForced(field.forced())
                    .setLastUsed(field.lastUsed()));
        }
        return said.build();
    }

    private static MailboxAttributeItem attribute(MailboxAttribute item) {
        MailboxAttributeItem.Builder said = MailboxAttributeItem.newBuilder()
                .setShared(item.shared())
                .setKey(text(item.key()))
                .setHasStream(item.hasStream())
                .setDeleted(item.deleted())
                .setLastChange(item.lastChange())
                .setModSeq(item.modSeq().value());
        String value = item.value();
        if (value != null) {
            said.setValue(text(value));
        }
        return said.build();
    }

    private static MailChangeItem change(MailChange item) {
        MailChangeItem.Builder said = MailChangeItem.newBuilder()
                .setType(
                        switch (item.type()) {
                            case SAVE -> ChangeType.CHANGE_TYPE_SAVE;
                            case EXPUNGE -> ChangeType.CHANGE_TYPE_EXPUNGE;
                            case FLAGS -> ChangeType.CHANGE_TYPE_FLAGS;
                        })
                .setUid((int) item.uid().value())
                .setModSeq(item.modSeq().value())
                .setPrivateModSeq(item.privateModSeq().value())
                .setAdded(item.added().bits())
                .setRemoved(item.removed().bits())
                .setCurrent(item.current().bits())
                .setKeywordsReset(item.keywordsReset());
        MailGuid guid = item.guid();
        if (guid != null) {
            said.setGuid(guid(guid));
        }
        String hash = item.headerHash();
        if (hash != null) {
            said.setHeaderHash(hex(hash));
        }
        for (MailChange.KeywordChange keyword : item.keywords()) {
            said.addKeywords(KeywordChange.newBuilder()
                    .setAction(
                            switch (keyword.action()) {
                                case ADDED -> KeywordAction.KEYWORD_ACTION_ADDED;
                                case REMOVED -> KeywordAction.KEYWORD_ACTION_REMOVED;
                                case SET -> KeywordAction.KEYWORD_ACTION_SET;
                                case ADDED_AND_SET -> KeywordAction.KEYWORD_ACTION_ADDED_AND_SET;
                            })
                    .setName(text(keyword.name())));
        }
        if (item.received() != MailChange.UNKNOWN) {
            said.setReceived(item.received());
        }
        if (item.virtualSize() != MailChange.UNKNOWN) {
            said.setVirtualSize(item.virtualSize());
        }
        item.when().forEach((name, modSeq) -> said.putWhen(text(name), modSeq));
        return said.build();
    }

    private static MailRequestItem request(MailRequest item) {
        MailRequestItem.Builder said = MailRequestItem.newBuilder()
                .setUid((int) item.uid())
                .setHave(item.have().length())
                .setHaveSum(item.have().sum());
        MailGuid guid = item.guid();
        if (guid != null) {
            said.setGuid(guid(guid));
        }
        return said.build();
    }

    private static MailItem mail(Mail item) {
        MailItem.Builder said = MailItem.newBuilder()
                .setUid((int) item.uid())
                .setPop3Uidl(text(item.pop3Uidl()))
                .setPop3Order((int) item.pop3Order())
                .setReceived(item.received())
                .setSaved(item.saved())
                .setHasStream(item.hasStream())
                .setFrom(item.from());
        MailGuid guid = item.guid();
        if (guid != null) {
            said.setGuid(guid(guid));
        }
        return said.build();
    }

    private static PlannedItem planned(Planned item) {
        PlannedItem.Builder said = PlannedItem.newBuilder()
                .setWhat(PlannedWhat.valueOf(WHAT + item.what().name()))
                .setUidValidity((int) item.uidValidity())
                .setUid((int) item.uid())
                .setNewUid((int) item.newUid())
                .setFlags(item.flags().bits())
                .addAllKeywords(item.keywords().names())
                .setText(replaced(item.text()));
        MailboxName mailbox = item.mailbox();
        MailboxName to = item.to();
        MailboxGuid identity = item.identity();
        MailGuid guid = item.guid();
        if (mailbox != null) {
            mailbox.levels().forEach(level -> said.addMailbox(text(level)));
        }
        if (to != null) {
            to.levels().forEach(level -> said.addTo(text(level)));
        }
        if (identity != null) {
            said.setIdentity(bytes(identity));
        }
        if (guid != null) {
            said.setGuid(guid(guid));
        }
        if (!item.result().equals(Planned.Result.NONE)) {
            Planned.Result result = item.result();
            said.setResult(PlannedResult.newBuilder()
                    .setStatus(result.status())
                    .setSkipped(result.skipped())
                    .setMessages((int) result.messages())
                    .setSaved((int) result.saved())
                    .setExpunged((int) result.expunged())
                    .setFlagged((int) result.flagged())
                    .setRenumbered((int) result.renumbered())
                    .setBytes(result.bytes()));
        }
        return said.build();
    }

    private static DoneItem done(Done item) {
        DoneItem.Builder said = DoneItem.newBuilder().setStatus(item.status());
        String reason = item.reason();
        if (reason != null) {
            said.setReason(reason.isEmpty() ? reason : replaced(reason));
        }
        return said.build();
    }

    private static FinishItem finish(Finish item) {
        FinishItem.Builder said = FinishItem.newBuilder()
                .setMailError(item.mailError())
                .setRequireFullResync(item.requireFullResync())
                .setStatus(item.status());
        String error = item.error();
        if (error != null) {
            said.setError(error.isEmpty() ? error : replaced(error));
        }
        return said.build();
    }

    private static Guid guid(MailGuid guid) {
        String value = guid.value();
        return isLowerHex(value)
                ? Guid.newBuilder().setHex(hex(value)).build()
                : Guid.newBuilder().setText(text(value)).build();
    }

    private static boolean isLowerHex(String value) {
        if (value.length() != HEX_LENGTH) {
            return false;
        }
        for (int i = 0; i < HEX_LENGTH; i++) {
            char c = value.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    static ByteString hex(String digits) {
        return UnsafeByteOperations.unsafeWrap(HexFormat.of().parseHex(digits));
    }

    static ByteString bytes(MailboxGuid guid) {
        return UnsafeByteOperations.unsafeWrap(guid.toBytes());
    }

    /** What the library would write for half a surrogate pair is another text. */
    private static String text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new IllegalArgumentException("a text is not valid Unicode");
                }
                i++;
            }
        }
        return text;
    }

    /** A text for people only: it may lose what is no Unicode. */
    private static String replaced(String text) {
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c <= Character.MAX_VALUE && Character.isSurrogate((char) c) ? '?' : c)
                .forEach(whole::appendCodePoint);
        return whole.toString();
    }
}
