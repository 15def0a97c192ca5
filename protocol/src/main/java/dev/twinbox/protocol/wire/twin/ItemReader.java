package dev.twinbox.protocol.wire.twin;

import com.google.protobuf.ByteString;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.BodyStart;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.Planned;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import dev.twinbox.protocol.wire.proto.Blocks;
import dev.twinbox.protocol.wire.proto.CacheField;
import dev.twinbox.protocol.wire.proto.Deletions;
import dev.twinbox.protocol.wire.proto.DoneItem;
import dev.twinbox.protocol.wire.proto.FinishItem;
import dev.twinbox.protocol.wire.proto.Guid;
import dev.twinbox.protocol.wire.proto.HandshakeItem;
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
import dev.twinbox.protocol.wire.proto.Sentence;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages to items; {@link ItemWriter} is the other way. Whatever is out of range is refused with an {@link
 * IllegalArgumentException} that repeats no text.
 */
final class ItemReader {
    private static final int GUID_BYTES = 16;

    private ItemReader() {}

    /**
     * The item of a sentence.
     *
     * @return null if it holds no item, or deletes, which may come in parts
     */
    static @Nullable SyncItem item(Sentence sentence) {
        return switch (sentence.getKindCase()) {
            case HANDSHAKE -> handshake(sentence.getHandshake());
            case MAILBOX_STATE -> state(sentence.getMailboxState());
            case MAILBOX_NODE -> node(sentence.getMailboxNode());
            case MAILBOX_HINT -> hint(sentence.getMailboxHint());
            case MAILBOX_INFO -> info(sentence.getMailboxInfo());
            case MAILBOX_ATTRIBUTE -> attribute(sentence.getMailboxAttribute());
            case MAIL_CHANGE -> change(sentence.getMailChange());
            case MAIL_REQUEST -> request(sentence.getMailRequest());
            case MAIL -> mail(sentence.getMail());
            case PLANNED -> planned(sentence.getPlanned());
            case END_OF_LIST -> new EndOfList();
            case FINISH -> finish(sentence.getFinish());
            case DONE -> {
                DoneItem done = sentence.getDone();
                yield new Done(done.hasReason() ? done.getReason() : null, done.getStatus());
            }
            case MAILBOX_DELETES, CHUNK, BODY_END, BRANCH_END, HELLO, CREDIT, FAILURE, ALIVE, KIND_NOT_SET -> null;
        };
    }

    private static Handshake handshake(HandshakeItem said) {
        return new Handshake(
                said.getHostname(),
                switch (said.getSyncType()) {
                    case SYNC_TYPE_UNSPECIFIED -> null;
                    case SYNC_TYPE_FULL -> Handshake.SyncType.FULL;
                    case SYNC_TYPE_CHANGED -> Handshake.SyncType.CHANGED;
                    case SYNC_TYPE_STATE -> Handshake.SyncType.STATE;
                    case UNRECOGNIZED -> throw unknown("sync_type of handshake");
                },
                said.getNamespacePrefixesList(),
                said.hasMailbox() ? said.getMailbox() : null,
                said.hasMailboxGuid() ? guid(said.getMailboxGuid()) : null,
                said.getExcludedList(),
                said.getAllNamespaces(),
                said.getMailRequests(),
                said.getBackupSend(),
                said.getBackupReceive(),
                said.getKeepDestinationChanges(),
                said.getNoMailSync(),
                said.getDebug(),
                said.getPurgeRemote(),
                Integer.toUnsignedLong(said.getLockTimeout()),
                said.getSinceTime(),
                said.getUntilTime(),
                said.getMaxSize(),
                said.hasFlag() ? said.getFlag() : null,
                said.hasAllMailbox() ? said.getAllMailbox() : null,
                said.getHashedHeadersList(),
                said.getPlanFirst(),
                said.getHints(),
                said.hasDeletions() ? deletions(said.getDeletions()) : null,
                new Handshake.Details(
                        said.getNoNotify(),
                        said.getEmptyHeaderWorkaround(),
                        Integer.toUnsignedLong(said.getCommitInterval()),
                        character("replacement of handshake", said.getReplacement())),
                said.getDryRun());
    }

    private static Handshake.Deletions deletions(Deletions said) {
        return new Handshake.Deletions(said.getMails(), said.getPercent(), said.getFloor());
    }

    private static MailboxState state(MailboxStateItem said) {
        return new MailboxState(
                guid(said.getMailbox()),
                Integer.toUnsignedLong(said.getUidValidity()),
                Integer.toUnsignedLong(said.getCommonUid()),
                new ModSeq(said.getCommonModSeq()),
                new ModSeq(said.getCommonPrivateModSeq()),
                Integer.toUnsignedLong(said.getMessages()),
                said.getChangesDuringSync(),
                Integer.toUnsignedLong(said.getPending()));
    }

    private static MailboxNode node(MailboxNodeItem said) {
        return new MailboxNode(
                new MailboxName(said.getNameList()),
                switch (said.getExistence()) {
                    case EXISTENCE_EXISTS -> MailboxNode.Existence.EXISTS;
                    case EXISTENCE_MISSING -> MailboxNode.Existence.MISSING;
                    case EXISTENCE_DELETED -> MailboxNode.Existence.DELETED;
                    case EXISTENCE_UNREADABLE -> MailboxNode.Existence.UNREADABLE;
                    case EXISTENCE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("existence of mailbox_node");
                },
                said.hasGuid() ? guid(said.getGuid()) : null,
                Integer.toUnsignedLong(said.getUidValidity()),
                said.getUidNext(),
                said.getLastRenamedOrCreated(),
                said.getSubscribed(),
                said.getLastSubscriptionChange());
    }

    private static MailboxHint hint(MailboxHintItem said) {
        return new MailboxHint(
                guid(said.getMailbox()),
                said.getKeep(),
                said.getChanged(),
                said.getWholeLog(),
                Integer.toUnsignedLong(said.getUnsyncedFrom()),
                said.getLeavesOut());
    }

    private static MailboxInfo info(MailboxInfoItem said) {
        List<MailboxInfo.CacheField> fields = new ArrayList<>();
        if (said.getCacheFieldsCount() > MailboxInfo.CACHE_FIELDS_MAX) {
            throw new IllegalArgumentException("cache_fields has " + said.getCacheFieldsCount() + " entries");
        }
        for (CacheField field : said.getCacheFieldsList()) {
            fields.add(new MailboxInfo.CacheField(
                    field.getName(),
                    switch (field.getDecision()) {
                        case CACHE_DECISION_NO -> MailboxInfo.CacheField.Decision.NO;
                        case CACHE_DECISION_TEMPORARY -> MailboxInfo.CacheField.Decision.TEMPORARY;
                        case CACHE_DECISION_PERMANENT -> MailboxInfo.CacheField.Decision.PERMANENT;
                        case CACHE_DECISION_UNSPECIFIED, UNRECOGNIZED -> throw unknown("decision of a cache field");
                    },
                    field.getForced(),
                    field.getLastUsed()));
        }
        return new MailboxInfo(
                guid(said.getGuid()),
                said.getLost(),
                said.getIgnore(),
                Integer.toUnsignedLong(said.getUidValidity()),
                said.getUidNext(),
                Integer.toUnsignedLong(said.getMessages()),
                said.getFirstRecentUid(),
                new ModSeq(said.getHighestModSeq()),
                new ModSeq(said.getHighestPrivateModSeq()),
                said.getHasGuids(),
                said.getHasSaveGuids(),
                said.getOnlyGuid128(),
                said.getProvisionalUids(),
                said.getDigest(),
                said.getIncremental(),
                said.hasBlocks() ? blocks(said.getBlocks()) : BlockDigests.NONE,
                fields);
    }

    private static BlockDigests blocks(Blocks said) {
        if (said.getSumsCount() > BlockDigests.BLOCKS_MAX) {
            throw new IllegalArgumentException("number of block digests out of range: " + said.getSumsCount());
        }
        long[] sums = new long[said.getSumsCount()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = said.getSums(i);
        }
        return BlockDigests.of(said.getShift(), sums);
    }

    private static MailboxAttribute attribute(MailboxAttributeItem said) {
        return new MailboxAttribute(
                said.getShared(),
                said.getKey(),
                said.hasValue() ? said.getValue() : null,
                said.getHasStream(),
                said.getDeleted(),
                said.getLastChange(),
                new ModSeq(said.getModSeq()));
    }

    private static MailChange change(MailChangeItem said) {
        List<MailChange.KeywordChange> keywords = new ArrayList<>(0);
        for (KeywordChange keyword : said.getKeywordsList()) {
            keywords.add(new MailChange.KeywordChange(
                    switch (keyword.getAction()) {
                        case KEYWORD_ACTION_ADDED -> MailChange.KeywordChange.Action.ADDED;
                        case KEYWORD_ACTION_REMOVED -> MailChange.KeywordChange.Action.REMOVED;
                        case KEYWORD_ACTION_SET -> MailChange.KeywordChange.Action.SET;
                        case KEYWORD_ACTION_ADDED_AND_SET -> MailChange.KeywordChange.Action.ADDED_AND_SET;
                        case KEYWORD_ACTION_UNSPECIFIED, UNRECOGNIZED -> throw unknown("action of a keyword");
                    },
                    keyword.getName()));
        }
        return new MailChange(
                switch (said.getType()) {
                    case CHANGE_TYPE_SAVE -> MailChange.Type.SAVE;
                    case CHANGE_TYPE_EXPUNGE -> MailChange.Type.EXPUNGE;
                    case CHANGE_TYPE_FLAGS -> MailChange.Type.FLAGS;
                    case CHANGE_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("type of mail_change");
                },
                new Uid(Integer.toUnsignedLong(said.getUid())),
                said.hasGuid() ? guid(said.getGuid()) : null,
                said.hasHeaderHash() ? hex(said.getHeaderHash()) : null,
                new ModSeq(said.getModSeq()),
                new ModSeq(said.getPrivateModSeq()),
                new Flags(said.getAdded()),
                new Flags(said.getRemoved()),
                new Flags(said.getCurrent()),
                said.getKeywordsReset(),
                keywords,
                said.hasReceived() ? known("received of mail_change", said.getReceived()) : MailChange.UNKNOWN,
                said.hasVirtualSize()
                        ? known("virtual_size of mail_change", said.getVirtualSize())
                        : MailChange.UNKNOWN,
                said.getWhenMap());
    }

    private static long known(String field, long value) {
        if (value == MailChange.UNKNOWN) {
            throw new IllegalArgumentException(field + " out of range: " + value);
        }
        return value;
    }

    private static MailRequest request(MailRequestItem said) {
        return new MailRequest(
                said.hasGuid() ? guid(said.getGuid()) : null,
                Integer.toUnsignedLong(said.getUid()),
                new BodyStart(said.getHave(), said.getHaveSum()));
    }

    private static Mail mail(MailItem said) {
        return new Mail(
                said.hasGuid() ? guid(said.getGuid()) : null,
                Integer.toUnsignedLong(said.getUid()),
                said.getPop3Uidl(),
                Integer.toUnsignedLong(said.getPop3Order()),
                said.getReceived(),
                said.getSaved(),
                said.getHasStream(),
                said.getFrom());
    }

    private static Planned planned(PlannedItem said) {
        PlannedResult result = said.getResult();
        return new Planned(
                switch (said.getWhat()) {
                    case PLANNED_WHAT_UNSPECIFIED, UNRECOGNIZED -> throw unknown("what of planned");
                    // The names are the same.
                    default -> Planned.What.valueOf(said.getWhat().name().substring(ItemWriter.WHAT.length()));
                },
                said.getMailboxCount() == 0 ? null : new MailboxName(said.getMailboxList()),
                said.getToCount() == 0 ? null : new MailboxName(said.getToList()),
                said.hasIdentity() ? guid(said.getIdentity()) : null,
                Integer.toUnsignedLong(said.getUidValidity()),
                Integer.toUnsignedLong(said.getUid()),
                Integer.toUnsignedLong(said.getNewUid()),
                said.hasGuid() ? guid(said.getGuid()) : null,
                new Flags(said.getFlags()),
                Keywords.of(said.getKeywordsList()),
                said.getText(),
                new Planned.Result(
                        result.getStatus(),
                        result.getSkipped(),
                        Integer.toUnsignedLong(result.getMessages()),
                        Integer.toUnsignedLong(result.getSaved()),
                        Integer.toUnsignedLong(result.getExpunged()),
                        Integer.toUnsignedLong(result.getFlagged()),
                        Integer.toUnsignedLong(result.getRenumbered()),
                        result.getBytes()));
    }

    private static Finish finish(FinishItem said) {
        return new Finish(
                said.hasError() ? said.getError() : null,
                said.getMailError(),
                said.getRequireFullResync(),
                said.getStatus());
    }

    private static MailGuid guid(Guid said) {
        return new MailGuid(said.getFormCase() == Guid.FormCase.HEX ? hex(said.getHex()) : said.getText());
    }

    static MailboxGuid guid(ByteString bytes) {
        if (bytes.size() != GUID_BYTES) {
            throw new IllegalArgumentException("a mailbox GUID has " + bytes.size() + " bytes");
        }
        return MailboxGuid.ofBytes(bytes.toByteArray(), 0);
    }

    static String hex(ByteString bytes) {
        if (bytes.size() != GUID_BYTES) {
            throw new IllegalArgumentException("a GUID or hash has " + bytes.size() + " bytes");
        }
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    static char character(String field, int number) {
        if (number < 0 || number > Character.MAX_VALUE) {
            throw new IllegalArgumentException(field + " is not a character");
        }
        return (char) number;
    }

    private static IllegalArgumentException unknown(String field) {
        return new IllegalArgumentException(field + " is not known");
    }
}
