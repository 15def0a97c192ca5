package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a mailbox must look like after a sequence of plans: a second, independent reading of {@link MailboxPlan}, to compare
 * stores with.
 */
public final class ModelBox {
    /** A mail of the model. */
    private record Row(MailGuid guid, Flags flags, Keywords keywords, long modSeq, long received, Body body) {
        /** A second mail of it. */
        Row copy() {
            return new Row(guid, flags, keywords, modSeq, received, body.copy());
        }
    }

    /** What was staged for a mail. */
    private static final class Body {
        private final byte[] bytes;
        private final long received;
        private final Pop3 pop3;
        private final boolean isCopy;

        Body(byte[] bytes, long received, Pop3 pop3) {
            this(bytes, received, pop3, false);
        }

        private Body(byte[] bytes, long received, Pop3 pop3, boolean isCopy) {
            this.bytes = bytes.clone();
            this.received = received;
            this.pop3 = pop3;
            this.isCopy = isCopy;
        }

        /** POP3 values stay with the first. */
        Body copy() {
            return new Body(bytes, received, Pop3.NONE, true);
        }
    }

    private final TreeMap<Long, Row> rows = new TreeMap<>();
    private final Map<MailGuid, Body> bodies = new HashMap<>();
    private MailboxGuid guid;
    private long uidValidity;
    private long uidNext = 1;
    private long firstRecentUid = 1;
    private long highestModSeq = 1;
    private boolean modSeqsKnown = true;

    /** An empty mailbox. */
    public ModelBox(MailboxGuid guid, long uidValidity) {
        this.guid = guid;
        this.uidValidity = uidValidity;
    }

    /** A body was staged. */
    public void staged(MailGuid mail, byte[] bytes, long received, Pop3 pop3) {
        bodies.put(mail, new Body(bytes, received, pop3));
    }

    /** A plan was carried out. */
    public void apply(MailboxPlan plan) {
        Map<Long, Row> before = Map.copyOf(rows);
        for (Step step : plan.steps()) {
            if (step instanceof Expunge e) {
                rows.remove(e.uid());
            } else if (step instanceof Renumber r) {
                rows.remove(r.uid());
            }
        }
        Set<MailGuid> used = new HashSet<>();
        for (Step step : plan.steps()) {
            if (step instanceof Update u) {
                place(before.get(u.uid()), u.uid(), u.flags(), u.keywords(), u.modSeq(), u.received());
            } else if (step instanceof Renumber r) {
                place(before.get(r.uid()), r.newUid(), r.flags(), r.keywords(), r.modSeq(), r.received());
            } else if (step instanceof Copy c) {
                place(
                        Objects.requireNonNull(before.get(c.fromUid())).copy(),
                        c.newUid(),
                        c.flags(),
                        c.keywords(),
                        c.modSeq(),
                        c.received());
            } else if (step instanceof Save s) {
                Body staged = Objects.requireNonNull(bodies.get(s.guid()));
                Body body = used.add(s.guid()) ? staged : staged.copy();
                Row fresh = new Row(s.guid(), s.flags(), s.keywords(), s.modSeq(), body.received, body);
                place(fresh, s.newUid(), s.flags(), s.keywords(), s.modSeq(), s.received());
            }
        }
        Target target = plan.target();
        guid = target.guid();
        uidValidity = target.exact() ? target.uidValidity() : Math.max(uidValidity, target.uidValidity());
        long aboveAll = Math.max(uidNext, rows.isEmpty() ? 1 : rows.lastKey() + 1);
        uidNext = target.exact() ? target.uidNext() : Math.max(aboveAll, target.uidNext());
        firstRecentUid = target.exact() ? target.firstRecentUid() : Math.max(firstRecentUid, target.firstRecentUid());
        highestModSeq = target.exact() ? target.highestModSeq() : Math.max(highestModSeq, target.highestModSeq());
        modSeqsKnown &= target.exact();
    }

    private void place(@Nullable Row old, long uid, Flags flags, Keywords keywords, long modSeq, long received) {
        Row from = Objects.requireNonNull(old);
        long date = received == MailboxSnapshot.RECEIVED_UNKNOWN ? from.received() : received;
        rows.put(uid, new Row(from.guid(), flags, keywords, modSeq, date, from.body()));
    }

    /** Compares everything a mailbox tells with the model. */
    public void assertIs(Mailbox box, StoreFixture fixture, String where) throws IOException {
        boolean modSeqs = modSeqsKnown && fixture.exactModSeqs();
        MailboxSnapshot table = box.detailedSnapshot();
        assertStatus(table.status(), fixture, modSeqs, where + ", status of snapshot");
        assertStatus(box.status(), fixture, modSeqs, where + ", status");
        assertEquals(rows.size(), table.size(), where + ", number of mails");
        int at = 0;
        for (Map.Entry<Long, Row> entry : rows.entrySet()) {
            long uid = entry.getKey();
            Row row = entry.getValue();
            String here = where + ", UID " + uid;
            assertEquals(uid, table.uid(at), here);
            assertEquals(at, table.rowOf(uid), here);
            assertEquals(fixture.guidOf(row.guid(), row.body().bytes), table.guid(at), here);
            assertEquals(row.flags().settable(), table.flags(at).settable(), here);
            if (fixture.exactFirstRecentUid()) {
                assertEquals(uid >= firstRecentUid, table.flags(at).has(Flags.RECENT), here + ", recent");
            }
            assertTrue(
                    row.keywords().sameAs(table.keywords(at)),
                    here + ", keywords " + table.keywords(at) + " instead of " + row.keywords());
            if (modSeqs) {
                assertEquals(row.modSeq(), table.modSeq(at), here + ", modseq");
            }
            assertTrue(table.modSeq(at) <= table.status().highestModSeq(), here + ", modseq above the highest");
            assertEquals(row.received(), table.received(at), here + ", received");
            assertEquals(row.received(), box.received(new Uid(uid)), here + ", received");
            if (row.body().isCopy ? fixture.tellsCopiesByPop3() : fixture.keepsPop3()) {
                assertEquals(row.body().pop3, box.pop3(new Uid(uid)), here + ", POP3");
            }
            try (InputStream in = box.body(new Uid(uid)).open()) {
                assertArrayEquals(row.body().bytes, in.readAllBytes(), here + ", body");
            }
            at++;
        }
    }

    private void assertStatus(MailboxStatus status, StoreFixture fixture, boolean modSeqs, String where) {
        assertEquals(guid, status.guid(), where);
        assertEquals(uidValidity, status.uidValidity(), where + ", UIDVALIDITY");
        assertEquals(uidNext, status.uidNext(), where + ", UIDNEXT");
        assertEquals(rows.size(), status.messages(), where + ", messages");
        if (fixture.exactFirstRecentUid()) {
            assertEquals(firstRecentUid, status.firstRecentUid(), where + ", first recent UID");
        }
        if (modSeqs) {
            assertEquals(highestModSeq, status.highestModSeq(), where + ", HIGHESTMODSEQ");
        } else if (fixture.exactModSeqs()) {
            assertTrue(status.highestModSeq() >= highestModSeq, where + ", HIGHESTMODSEQ");
        }
    }
}
