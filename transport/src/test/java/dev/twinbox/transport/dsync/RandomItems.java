package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxInfo.CacheField;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import dev.twinbox.transport.dsync.Wire.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Items that dsync can say, with all that is awkward in their texts. */
final class RandomItems {
    private static final String[] PIECES = {
        "a", "Z", "9", " ", ".", "%", "/", "~", "\u00fc", "\u20ac", "\ud83d\udce7", "\\", "-", "=", "S=12,W=13"
    };
    private static final String[] CONTROLS = {"\0", "\1", "\2", "\t", "\n", "\r", "\r\n.\r\n", "\1t", "\u007f"};
    private static final String[] BODY = {
        ".", "..", "\n", "\r", "\r\n", "x", "\r\n.\r\n", "\n.\n", "X", "\0\1\2", "\u00ff"
    };

    private final SplittableRandom random;

    RandomItems(long seed) {
        random = new SplittableRandom(seed);
    }

    List<Said> conversation(int length) {
        List<Said> said = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            SyncItem item = item();
            said.add(Formats.hasBody(item) ? new Said(item, body()) : Said.of(item));
        }
        return said;
    }

    int size() {
        return random.nextInt(1, 40);
    }

    private SyncItem item() {
        return switch (random.nextInt(11)) {
            case 0 -> handshake();
            case 1 -> new MailboxState(guid(), u32(), u32(), modSeq(), modSeq(), u32(), yes(), 0);
            case 2 -> node();
            case 3 -> deletes();
            case 4 -> info();
            case 5 -> attribute();
            case 6 -> change();
            case 7 -> yes() ? MailRequest.of(mailGuid()) : new MailRequest(orNull(this::mailGuid), 1 + u31());
            case 8 -> mail();
            case 9 -> new Finish(orNull(() -> "e" + text(20, true)), random.nextInt(Finish.MAIL_ERROR_MAX + 1), yes());
            default -> new EndOfList();
        };
    }

    /** The end: no item is read behind it. */
    static Said done() {
        return Said.of(new Done());
    }

    private Handshake handshake() {
        int ends = random.nextInt(3);
        return new Handshake(
                "h" + text(20, false),
                orNull(() -> any(Handshake.SyncType.values(), 3)),
                list(3, () -> text(6, false)),
                orNull(() -> "b" + text(6, false)),
                orNull(this::guid),
                list(3, () -> "*" + text(6, false)),
                yes(),
                yes(),
                ends == 1,
                ends == 2,
                yes(),
                yes(),
                yes(),
                yes(),
                u32(),
                u31(),
                u31(),
                u31(),
                orNull(() -> "\\" + text(6, false)),
                orNull(() -> "v" + text(6, false)),
                list(3, () -> "Date" + text(2, false)),
                false,
                false,
                null,
                new Handshake.Details(yes(), yes(), u32(), yes() ? '_' : Handshake.Details.NO_REPLACEMENT),
                false);
    }

    MailboxNode node() {
        MailboxNode.Existence existence = any(MailboxNode.Existence.values(), 3);
        boolean missing = existence == MailboxNode.Existence.MISSING;
        List<String> levels = list(4, () -> "l" + text(8, false));
        return new MailboxNode(
                levels.isEmpty() ? MailboxName.INBOX : new MailboxName(levels),
                existence,
                missing ? null : orNull(this::guid),
                u32(),
                yes() ? SyncItem.UID_NEXT_MAX : u32(),
                u31(),
                yes(),
                u31());
    }

    MailboxDeletes deletes() {
        return new MailboxDeletes(
                yes() ? '/' : '.',
                yes() ? '%' : MailboxDeletes.NO_ESCAPE,
                list(4, () -> new DeletedMailbox(guid(), u31())),
                list(4, () -> new DeletedName(guid().toString(), u31())),
                list(4, () -> new DeletedName(guid().toString(), u31())));
    }

    private MailboxInfo info() {
        int which = random.nextInt(5);
        if (which < 2) {
            return which == 0 ? MailboxInfo.lost(guid()) : MailboxInfo.ignored(guid());
        }
        return new MailboxInfo(
                guid(),
                false,
                false,
                u32(),
                1 + u32(),
                u32(),
                u32(),
                modSeq(),
                modSeq(),
                yes(),
                yes(),
                yes(),
                false,
                0,
                false,
                BlockDigests.NONE,
                list(4, this::cacheField));
    }

    private CacheField cacheField() {
        CacheField.Decision decision = any(CacheField.Decision.values(), 3);
        return new CacheField("hdr." + text(5, false), decision, yes(), u31());
    }

    MailboxAttribute attribute() {
        int form = random.nextInt(3);
        return new MailboxAttribute(
                yes(), "k" + text(10, false), form == 0 ? text(30, true) : null, form == 1, form == 2, u31(), modSeq());
    }

    private MailChange change() {
        return change(1 + u31());
    }

    MailChange change(long uid) {
        if (random.nextInt(4) == 0) {
            return MailChange.expunge(new Uid(uid), orNull(() -> new MailGuid(guid().toString())));
        }
        int added = random.nextInt(Flags.SETTABLE + 1);
        int[] names = {0};
        return new MailChange(
                yes() ? MailChange.Type.SAVE : MailChange.Type.FLAGS,
                new Uid(uid),
                orNull(this::mailGuid),
                orNull(() -> guid().toString()),
                modSeq(),
                modSeq(),
                new Flags(added),
                new Flags(random.nextInt(Flags.SETTABLE + 1) & ~added),
                new Flags(random.nextInt((Flags.SETTABLE | Flags.RECENT) + 1)),
                yes(),
                list(
                        5,
                        () -> new KeywordChange(
                                any(KeywordChange.Action.values(), 4), (yes() ? "$" : "\u00e9\u2028") + names[0]++)),
                yes() ? MailChange.UNKNOWN : 1 + u31(),
                yes() ? MailChange.UNKNOWN : u31(),
                Map.of());
    }

    private Mail mail() {
        boolean byUid = random.nextInt(3) == 0;
        return new Mail(
                byUid ? null : mailGuid(),
                byUid ? 1 + u31() : 0,
                text(5, false),
                u32(),
                random.nextInt(3) == 0 ? -u31() : u31(),
                u31(),
                random.nextInt(4) > 0);
    }

    String body() {
        StringBuilder body = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            body.append(BODY[random.nextInt(BODY.length)]);
        }
        return body.toString();
    }

    private String text(int most, boolean controls) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            String[] from = controls && random.nextInt(3) == 0 ? CONTROLS : PIECES;
            text.append(from[random.nextInt(from.length)]);
        }
        return text.toString();
    }

    private MailGuid mailGuid() {
        return new MailGuid("g" + text(10, false));
    }

    private MailboxGuid guid() {
        return new MailboxGuid(random.nextLong(), random.nextLong());
    }

    private ModSeq modSeq() {
        return new ModSeq(random.nextInt(3) == 0 ? 0 : random.nextLong() & Long.MAX_VALUE);
    }

    private long u32() {
        return random.nextInt(4) == 0 ? 0 : random.nextLong(Uid.MAX + 1);
    }

    private long u31() {
        return random.nextInt(4) == 0 ? 0 : random.nextLong(1L << 31);
    }

    /** One of the first of them. */
    private <T> T any(T[] all, int first) {
        return all[random.nextInt(first)];
    }

    private boolean yes() {
        return random.nextBoolean();
    }

    private <T> @Nullable T orNull(Supplier<T> some) {
        return yes() ? some.get() : null;
    }

    private <T> List<T> list(int most, Supplier<T> some) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            list.add(some.get());
        }
        return list;
    }
}
