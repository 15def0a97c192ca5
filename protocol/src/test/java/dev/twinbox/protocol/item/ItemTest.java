package dev.twinbox.protocol.item;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.item.MailChange.KeywordChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange.Action;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ItemTest {
    private static final long U32 = 0xFFFF_FFFFL;
    private static final String HEX = "57fce92ee728026b4f0100003776523c";
    private static final MailboxGuid BOX = MailboxGuid.parse(HEX);
    private static final MailGuid GUID = new MailGuid("1704103205.M1P77.alpha");
    private static final Uid UID = new Uid(7);
    private static final MailboxName NAME = MailboxName.INBOX;

    private static void refused(Executable making) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, making);
        assertFalse(String.valueOf(e.getMessage()).isEmpty());
    }

    private static String chars(int length) {
        return "x".repeat(length);
    }

    // Mails

    @Test
    void mailTakesTheWholeRangeOfEveryValue() {
        new Mail(GUID, 0, "", 0, SyncItem.TIME_MIN, SyncItem.TIME_MAX, true);
        new Mail(null, U32, chars(Mail.UIDL_MAX), U32, -1, 0, false);
        new Mail(GUID, 1, "uidl made up", 1, 0, 0, true);
    }

    @Test
    void mailRefusesWhatCannotBe() {
        refused(() -> new Mail(null, 0, "", 0, 0, 0, true));
        refused(() -> new Mail(GUID, -1, "", 0, 0, 0, true));
        refused(() -> new Mail(GUID, U32 + 1, "", 0, 0, 0, true));
        refused(() -> new Mail(GUID, 0, "a\nb", 0, 0, 0, true));
        refused(() -> new Mail(GUID, 0, chars(Mail.UIDL_MAX + 1), 0, 0, 0, true));
        refused(() -> new Mail(GUID, 0, "", -1, 0, 0, true));
        refused(() -> new Mail(GUID, 0, "", U32 + 1, 0, 0, true));
        refused(() -> new Mail(GUID, 0, "", 0, SyncItem.TIME_MAX + 1, 0, true));
        refused(() -> new Mail(GUID, 0, "", 0, Long.MIN_VALUE, 0, true));
        refused(() -> new Mail(GUID, 0, "", 0, 0, Long.MAX_VALUE, true));
    }

    @Test
    void goneMailAnswersByWhatItWasAskedBy() {
        assertEquals(new Mail(GUID, 0, "", 0, 0, 0, false), Mail.gone(new MailRequest(GUID, 5)));
        assertEquals(new Mail(null, 7, "", 0, 0, 0, false), Mail.gone(MailRequest.of(UID)));
    }

    @Test
    void requestNeedsGuidOrUid() {
        assertEquals(0, MailRequest.of(GUID).uid());
        assertNull(MailRequest.of(UID).guid());
        refused(() -> new MailRequest(null, 0));
        refused(() -> new MailRequest(GUID, -1));
        refused(() -> new MailRequest(null, U32 + 1));
    }

    // Changes

    private static MailChange change(
            MailChange.Type type, @Nullable MailGuid guid, @Nullable String hash, int added, int removed, int current) {
        return change(type, guid, hash, added, removed, current, List.of(), MailChange.UNKNOWN, MailChange.UNKNOWN);
    }

    private static MailChange change(
            MailChange.Type type,
            @Nullable MailGuid guid,
            @Nullable String hash,
            int added,
            int removed,
            int current,
            List<KeywordChange> keywords,
            long received,
            long size) {
        return new MailChange(
                type,
                UID,
                guid,
                hash,
                new ModSeq(5),
                ModSeq.NONE,
                new Flags(added),
                new Flags(removed),
                new Flags(current),
                false,
                keywords,
                received,
                size,
                Map.of());
    }

    @Test
    void changeTakesEveryTypeWithAndWithoutGuid() {
        for (MailChange.Type type : List.of(MailChange.Type.SAVE, MailChange.Type.FLAGS)) {
            change(type, GUID, null, Flags.SEEN, Flags.DRAFT, 0x3F);
            change(type, null, HEX, 0, 0, 0);
            change(type, null, null, 0, 0, 0);
        }
        change(MailChange.Type.SAVE, GUID, null, 0, 0, 0, List.of(), -86_400, 0);
        change(MailChange.Type.SAVE, GUID, null, 0, 0, 0, List.of(), 0, Long.MAX_VALUE);
        change(MailChange.Type.EXPUNGE, new MailGuid(HEX), null, 0, 0, 0, List.of(), 1_700_000_000, MailChange.UNKNOWN);
        change(MailChange.Type.EXPUNGE, null, null, 0, 0, 0);
    }

    @Test
    void changeRefusesFlagThatIsAddedAndRemoved() {
        refused(() -> change(MailChange.Type.FLAGS, GUID, null, Flags.SEEN | Flags.DRAFT, Flags.SEEN, 0));
    }

    @Test
    void changeRefusesWhatCannotBe() {
        refused(() -> change(MailChange.Type.SAVE, GUID, "b134bec2", 0, 0, 0));
        refused(() -> change(MailChange.Type.SAVE, GUID, HEX.replace('5', 'g'), 0, 0, 0));
        refused(() -> change(MailChange.Type.SAVE, GUID, null, 0, 0, 0, List.of(), SyncItem.TIME_MAX + 1, 0));
        refused(() -> change(MailChange.Type.SAVE, GUID, null, 0, 0, 0, List.of(), 0, -2));
        refused(() -> change(MailChange.Type.SAVE, GUID, null, 0x40, 0, 0));
    }

    @Test
    void expungeSaysNothingButGuidIn128BitForm() {
        refused(() -> change(MailChange.Type.EXPUNGE, GUID, null, 0, 0, 0));
        refused(() -> change(MailChange.Type.EXPUNGE, null, HEX, 0, 0, 0));
        refused(() -> change(MailChange.Type.EXPUNGE, null, null, Flags.SEEN, 0, 0));
        refused(() -> change(MailChange.Type.EXPUNGE, null, null, 0, Flags.SEEN, 0));
        refused(() -> change(MailChange.Type.EXPUNGE, null, null, 0, 0, Flags.SEEN));
        List<KeywordChange> keyword = List.of(new KeywordChange(Action.SET, "a"));
        refused(() ->
                change(MailChange.Type.EXPUNGE, null, null, 0, 0, 0, keyword, MailChange.UNKNOWN, MailChange.UNKNOWN));
    }

    @Test
    void keywordIsNamedOnceInAnyCase() {
        List<KeywordChange> twice =
                List.of(new KeywordChange(Action.SET, "Work"), new KeywordChange(Action.REMOVED, "wORK"));
        refused(() ->
                change(MailChange.Type.FLAGS, GUID, null, 0, 0, 0, twice, MailChange.UNKNOWN, MailChange.UNKNOWN));
        refused(() -> new KeywordChange(Action.SET, "two words"));
        refused(() -> new KeywordChange(Action.SET, ""));
    }

    @Test
    void keywordListIsLimited() {
        List<KeywordChange> most = IntStream.range(0, Keywords.MAX_NAMES)
                .mapToObj(i -> new KeywordChange(Action.SET, "k" + i))
                .toList();
        change(MailChange.Type.FLAGS, GUID, null, 0, 0, 0, most, MailChange.UNKNOWN, MailChange.UNKNOWN);
        List<KeywordChange> more = new ArrayList<>(most);
        more.add(new KeywordChange(Action.SET, "one-more"));
        refused(() -> change(MailChange.Type.FLAGS, GUID, null, 0, 0, 0, more, MailChange.UNKNOWN, MailChange.UNKNOWN));
        refused(() -> Keywords.of(more.stream().map(KeywordChange::name).toList()));
    }

    @Test
    void changeTellsWhichKeywordsAreSetNow() {
        List<KeywordChange> all = List.of(
                new KeywordChange(Action.ADDED, "added"),
                new KeywordChange(Action.ADDED_AND_SET, "b"),
                new KeywordChange(Action.REMOVED, "removed"),
                new KeywordChange(Action.SET, "a"));
        assertEquals(
                "a b",
                change(MailChange.Type.FLAGS, GUID, null, 0, 0, 0, all, MailChange.UNKNOWN, MailChange.UNKNOWN)
                        .currentKeywords()
                        .toString());
        MailChange save = MailChange.save(UID, GUID, new ModSeq(3), new Flags(8), Keywords.of(List.of("x", "Y")));
        assertEquals(Keywords.of(List.of("x", "Y")), save.currentKeywords());
        assertEquals(MailChange.Type.EXPUNGE, MailChange.expunge(UID, null).type());
    }

    // Mailboxes

    private static MailboxInfo info(
            boolean lost, boolean ignore, long validity, long next, long messages, long recent) {
        return new MailboxInfo(
                BOX,
                lost,
                ignore,
                validity,
                next,
                messages,
                recent,
                ModSeq.NONE,
                ModSeq.NONE,
                true,
                true,
                false,
                false,
                0,
                false,
                BlockDigests.NONE,
                List.of());
    }

    @Test
    void mailboxInfoHasNumbersUnlessLostOrIgnored() {
        info(false, false, 1, 1, 0, 0);
        info(false, false, U32, U32 + 1, U32, U32 + 1);
        assertTrue(MailboxInfo.lost(BOX).lost());
        assertTrue(MailboxInfo.ignored(BOX).ignore());
        info(false, false, 0, 1, 0, 1);
        refused(() -> info(false, false, 1, 0, 0, 1));
        refused(() -> info(true, true, 0, 0, 0, 0));
        refused(() -> info(false, false, U32 + 1, 1, 0, 1));
        refused(() -> info(false, false, 1, U32 + 2, 0, 1));
        refused(() -> info(false, false, 1, 1, -1, 1));
        refused(() -> info(false, false, 1, 1, U32 + 1, 1));
        refused(() -> info(false, false, 1, 1, 0, -1));
        refused(() -> info(true, false, -1, 0, 0, 0));
    }

    @Test
    void stateHas32BitNumbers() {
        new MailboxState(BOX, 0, 0, ModSeq.NONE, ModSeq.NONE, 0, true, 0);
        new MailboxState(BOX, U32, U32, new ModSeq(Long.MAX_VALUE), ModSeq.NONE, U32, false, U32);
        refused(() -> new MailboxState(BOX, -1, 0, ModSeq.NONE, ModSeq.NONE, 0, false, 0));
        refused(() -> new MailboxState(BOX, 0, U32 + 1, ModSeq.NONE, ModSeq.NONE, 0, false, 0));
        refused(() -> new MailboxState(BOX, 0, 0, ModSeq.NONE, ModSeq.NONE, U32 + 1, false, 0));
        refused(() -> new MailboxState(BOX, 0, 0, ModSeq.NONE, ModSeq.NONE, 0, false, -1));
        refused(() -> new ModSeq(-1));
    }

    @Test
    void nodeHasGuidOnlyIfSomethingIsThere() {
        assertTrue(MailboxNode.mailbox(NAME, BOX, U32, U32 + 1).isMailbox());
        assertFalse(MailboxNode.folder(NAME).isMailbox());
        assertFalse(new MailboxNode(NAME, Existence.DELETED, BOX, 0, 0, 0, false, 0).isMailbox());
        new MailboxNode(NAME, Existence.MISSING, null, 0, 0, 0, true, 1_795_300_494);
        refused(() -> new MailboxNode(NAME, Existence.MISSING, BOX, 0, 0, 0, true, 0));
        refused(() -> MailboxNode.mailbox(NAME, BOX, -1, 1));
        refused(() -> MailboxNode.mailbox(NAME, BOX, U32 + 1, 1));
        refused(() -> MailboxNode.mailbox(NAME, BOX, 1, U32 + 2));
        refused(() -> new MailboxNode(NAME, Existence.EXISTS, BOX, 1, 1, -1, false, 0));
        refused(() -> new MailboxNode(NAME, Existence.EXISTS, BOX, 1, 1, 0, false, Long.MAX_VALUE));
    }

    @Test
    void deletesCheckCharactersAndHashes() {
        assertEquals('~', MailboxDeletes.none('%').escape());
        assertEquals('%', MailboxDeletes.none('.').escape());
        new MailboxDeletes('/', MailboxDeletes.NO_ESCAPE, List.of(), List.of(), List.of());
        new DeletedName(HEX, 0);
        refused(() -> new MailboxDeletes('\0', '%', List.of(), List.of(), List.of()));
        refused(() -> new MailboxDeletes('/', '/', List.of(), List.of(), List.of()));
        refused(() -> new MailboxDeletes('/', '\n', List.of(), List.of(), List.of()));
        refused(() -> new MailboxDeletes('\uD83D', '%', List.of(), List.of(), List.of()));
        refused(() -> new DeletedName("149e", 0));
        refused(() -> new DeletedName("../../../../../../../etc/passwd.", 0));
        refused(() -> new DeletedName(HEX, -1));
        refused(() -> new DeletedMailbox(BOX, -1));
        List<DeletedMailbox> many = Collections.nCopies(MailboxDeletes.ENTRIES_MAX + 1, new DeletedMailbox(BOX, 1));
        refused(() -> new MailboxDeletes('/', '%', many, List.of(), List.of()));
    }

    @Test
    void attributeIsValueOrContentOrDeletion() {
        new MailboxAttribute(false, "comment", "", false, false, 0, ModSeq.NONE);
        new MailboxAttribute(true, "comment", null, false, true, 5, new ModSeq(6));
        new MailboxAttribute(true, "vendor/x", null, true, false, 5, ModSeq.NONE);
        refused(() -> new MailboxAttribute(true, "a", null, false, false, 0, ModSeq.NONE));
        refused(() -> new MailboxAttribute(true, "a", "v", true, false, 0, ModSeq.NONE));
        refused(() -> new MailboxAttribute(true, "a", "v", false, true, 0, ModSeq.NONE));
        refused(() -> new MailboxAttribute(true, "", "v", false, false, 0, ModSeq.NONE));
        refused(() -> new MailboxAttribute(true, "a\tb", "v", false, false, 0, ModSeq.NONE));
        refused(() -> new MailboxAttribute(true, "a", "v", false, false, -1, ModSeq.NONE));
        String tooLong = chars(MailboxAttribute.VALUE_MAX + 1);
        refused(() -> new MailboxAttribute(true, "a", tooLong, false, false, 0, ModSeq.NONE));
        String longKey = chars(MailboxAttribute.KEY_MAX + 1);
        refused(() -> new MailboxAttribute(true, longKey, "v", false, false, 0, ModSeq.NONE));
    }

    @Test
    void finishLimitsItsText() {
        new Finish(chars(Finish.ERROR_MAX), 16, true);
        refused(() -> new Finish(chars(Finish.ERROR_MAX + 1), 0, false));
        refused(() -> new Finish(null, -1, false));
        refused(() -> new Finish(null, Finish.MAIL_ERROR_MAX + 1, false));
    }

    // Handshake

    private static Handshake handshake(
            String host, boolean send, boolean receive, long lock, long since, long until, long size) {
        return new Handshake(
                host,
                Handshake.SyncType.FULL,
                List.of(""),
                "INBOX",
                null,
                List.of("Trash*"),
                true,
                true,
                send,
                receive,
                false,
                false,
                false,
                false,
                lock,
                since,
                until,
                size,
                "-\\Seen",
                null,
                List.of("Date", "Message-ID", ""),
                false,
                false,
                null,
                Handshake.Details.NONE,
                false);
    }

    @Test
    void handshakeTakesZeroForNotGiven() {
        handshake("alpha", false, false, 0, 0, 0, 0);
        handshake("alpha", true, false, U32, SyncItem.TIME_MAX, SyncItem.TIME_MAX, Long.MAX_VALUE);
        assertNull(Handshake.responder("beta").syncType());
        assertTrue(Handshake.backup("alpha", Handshake.SyncType.CHANGED, true).backupReceive());
        assertTrue(Handshake.reverseBackup("alpha", Handshake.SyncType.CHANGED, false)
                .backupSend());
        assertTrue(Handshake.twoWay("alpha", Handshake.SyncType.FULL).mailRequests());
    }

    @Test
    void handshakeRefusesWhatCannotBe() {
        refused(() -> handshake("", false, false, 0, 0, 0, 0));
        refused(() -> handshake("al\npha", false, false, 0, 0, 0, 0));
        refused(() -> handshake(chars(Handshake.TEXT_MAX + 1), false, false, 0, 0, 0, 0));
        refused(() -> handshake("alpha", true, true, 0, 0, 0, 0));
        refused(() -> handshake("alpha", false, false, -1, 0, 0, 0));
        refused(() -> handshake("alpha", false, false, U32 + 1, 0, 0, 0));
        refused(() -> handshake("alpha", false, false, 0, -1, 0, 0));
        refused(() -> handshake("alpha", false, false, 0, 0, Long.MAX_VALUE, 0));
        refused(() -> handshake("alpha", false, false, 0, 0, 0, -1));
    }

    // Values

    @Test
    void valuesRefuseWhatIsOutOfRange() {
        refused(() -> new Uid(0));
        refused(() -> new Uid(U32 + 1));
        refused(() -> new UidValidity(0));
        refused(() -> new UidValidity(-5));
        refused(() -> new MailGuid(""));
        refused(() -> new MailGuid("a\0b"));
        refused(() -> new MailGuid(chars(MailGuid.MAX_LENGTH + 1)));
        refused(() -> MailboxGuid.parse(HEX + "0"));
        refused(() -> MailboxGuid.parse(HEX.replace('e', '-')));
        refused(() -> new Flags(0x100));
    }

    @Test
    void namesRefuseWhatCouldLeaveTheAccount() {
        for (String level : List.of("", ".", "..", "a\0b", "a\nb", "\u007f", "\uD83D", chars(256))) {
            refused(() -> new MailboxName(List.of("ok", level)));
        }
        refused(() -> new MailboxName(List.of()));
        refused(() -> new MailboxName(Collections.nCopies(MailboxName.MAX_LEVELS + 1, "a")));
        assertEquals(MailboxName.INBOX, MailboxName.parse("inbox", '/'));
        assertEquals("INBOX/sub", MailboxName.parse("iNbOx/sub", '/').toString());
    }

    @Test
    void messagesDoNotRepeatWhatAPeerSent() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new Mail(GUID, 0, "secret\nwords", 0, 0, 0, true));
        assertFalse(String.valueOf(e.getMessage()).contains("secret"));
    }
}
