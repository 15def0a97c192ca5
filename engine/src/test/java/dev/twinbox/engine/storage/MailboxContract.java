package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of the contract that is about what a plan makes of a mailbox. */
abstract class MailboxContract extends TreeContract {
    private static final long YEAR_2100 = 4_102_444_800L;
    static final MailGuid A = guid("a");
    static final MailGuid B = guid("b");
    static final MailGuid C = guid("c");
    static final MailGuid D = guid("d");

    /** Stages, commits, tells the model, and compares now and after a reopening. */
    final ModelBox play(ModelBox model, PlanMaker maker, MailGuid... staged) throws IOException {
        try (Mailbox box = store().open(WORK);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            PlanBuilder builder = new PlanBuilder(basis.status());
            maker.make(builder);
            MailboxPlan plan = builder.build();
            for (MailGuid guid : staged) {
                byte[] bytes = mail(guid.value());
                long received = plannedDate(plan, guid);
                stage(staging, guid, bytes, received);
                model.staged(guid, bytes, received, Pop3.NONE);
            }
            done(staging, basis, plan);
            for (MailGuid guid : staged) {
                assertFalse(staging.has(guid), "used up");
            }
            model.apply(plan);
            model.assertIs(box, fixture(), "after commit");
        }
        compare(model, "after reopening");
        return model;
    }

    private void compare(ModelBox model, String where) throws IOException {
        reopen();
        try (Mailbox box = store().open(WORK)) {
            model.assertIs(box, fixture(), where);
        }
    }

    /** Says what a plan is to do. */
    interface PlanMaker {
        void make(PlanBuilder plan);
    }

    final ModelBox emptyWork() throws IOException {
        work().close();
        return new ModelBox(WORK_GUID, VALIDITY);
    }

    /** Mails a, b and c under the UIDs 3, 5 and 9, UIDNEXT 20, HIGHESTMODSEQ 50. */
    final ModelBox threeMails() throws IOException {
        return play(
                emptyWork(),
                plan -> plan.save(3, A, Values.of(10, DATE).with(Flags.SEEN, "Work"))
                        .save(5, B, Values.of(20, DATE + 1))
                        .save(9, C, Values.of(30, DATE + 2).with(Flags.FLAGGED | Flags.DRAFT, "Work", "$Label1"))
                        .numbers(20, 4, 50),
                A,
                B,
                C);
    }

    @Test
    void savedMailsHaveTheirValues() throws IOException {
        threeMails();
    }

    @Test
    void everyFlagIsKept() throws IOException {
        play(
                emptyWork(),
                plan -> plan.save(1, A, Values.of(2, DATE).with(Flags.SETTABLE))
                        .save(2, B, Values.of(2, DATE).with(Flags.ANSWERED | Flags.DELETED))
                        .save(3, C, Values.of(2, DATE).with(Flags.NONE.bits())),
                A,
                B,
                C);
    }

    @Test
    void keywordsAreKeptHoweverMany() throws IOException {
        ModelBox model = emptyWork();
        MailGuid[] guids = {A, B, C};
        int[] counts = {3, 26, 40};
        play(
                model,
                plan -> {
                    for (int i = 0; i < counts.length; i++) {
                        String[] names = new String[counts[i]];
                        for (int k = 0; k < names.length; k++) {
                            names[k] = "key-" + k;
                        }
                        plan.save(i + 1, guids[i], Values.of(2, DATE).with(Flags.SEEN, names));
                    }
                },
                guids);
        play(model, plan -> plan.update(3, Values.of(9, DATE).with(Flags.SEEN, "KEY-39", "brand-new", "(odd)%*\"\\]")));
    }

    @Test
    void receivedDatesAreKept() throws IOException {
        play(
                emptyWork(),
                plan -> plan.save(1, A, Values.of(2, 0))
                        .save(2, B, Values.of(2, 1))
                        .save(3, C, Values.of(2, YEAR_2100)),
                A,
                B,
                C);
    }

    @Test
    void receivedDateCanBeLeftAsItIs() throws IOException {
        play(threeMails(), plan -> plan.update(
                        3, Values.of(51, MailboxSnapshot.RECEIVED_UNKNOWN).with(Flags.DRAFT))
                .renumber(5, 6, Values.of(52, MailboxSnapshot.RECEIVED_UNKNOWN)));
    }

    @Test
    void mailHasTheDateItWasStagedWithIfThePlanHasNone() throws IOException {
        play(emptyWork(), plan -> plan.save(1, A, Values.of(2, MailboxSnapshot.RECEIVED_UNKNOWN)), A);
    }

    @Test
    void pop3ValuesAreKept() throws IOException {
        try (Mailbox box = work();
                Staging staging = box.stage()) {
            staging.save(A, body(mail("a")), DATE, new Pop3("uidl-made-up", 7));
            staging.save(B, body(mail("b")), DATE, Pop3.NONE);
            MailboxSnapshot basis = box.snapshot();
            PlanBuilder plan = new PlanBuilder(basis.status());
            done(
                    staging,
                    basis,
                    plan.save(1, A, Values.of(2, DATE))
                            .save(2, B, Values.of(2, DATE))
                            .build());
        }
        if (fixture().keepsPop3()) {
            try (Mailbox box = reopen().open(WORK)) {
                box.snapshot();
                assertEquals(new Pop3("uidl-made-up", 7), box.pop3(new Uid(1)));
                assertEquals(Pop3.NONE, box.pop3(new Uid(2)));
            }
        }
    }

    /** As where Dovecot copies a mail: no two mails of a mailbox have the same UIDL. */
    @Test
    void aSecondMailOfTheSameContentHasNoPop3Values() throws IOException {
        try (Mailbox box = work()) {
            for (long first : new long[] {1, 3}) {
                try (Staging staging = box.stage()) {
                    MailboxSnapshot basis = box.snapshot();
                    PlanBuilder plan = new PlanBuilder(basis.status());
                    if (first == 1) {
                        staging.save(A, body(mail("a")), DATE, new Pop3("uidl-made-up", 7));
                        plan.save(1, A, Values.of(2, DATE)).save(2, A, Values.of(2, DATE));
                    } else {
                        plan.copy(1, 3, Values.of(3, DATE)).copy(1, 4, Values.of(3, DATE + 5));
                    }
                    done(staging, basis, plan.build());
                }
            }
        }
        if (fixture().keepsPop3()) {
            try (Mailbox box = reopen().open(WORK)) {
                box.snapshot();
                assertEquals(new Pop3("uidl-made-up", 7), box.pop3(new Uid(1)));
                for (long uid = 2; uid <= 4; uid++) {
                    assertEquals(Pop3.NONE, box.pop3(new Uid(uid)), "UID " + uid);
                }
            }
        }
    }

    @Test
    void bodiesAreKeptByteForByte() throws IOException {
        byte[] large = new byte[3 << 20];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i % 251);
        }
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        List<byte[]> bodies = List.of(
                new byte[0],
                new byte[] {0},
                all,
                text("From nobody Thu Jan  1 00:00:00 1970\nFrom: x\n\nFrom here\n>From there\n.\n..\n.x\n"),
                text("Subject: a\r\n\r\nbody\r\n"),
                text("no line end"),
                text("\r"),
                text("\n"),
                text("Subject: é\n\n日本語 🎉\n"),
                text("x".repeat(100_000)),
                text("mixed\r\nline\nends\rhere\r\n"),
                large);
        try (Mailbox box = work();
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            PlanBuilder plan = new PlanBuilder(basis.status());
            for (int i = 0; i < bodies.size(); i++) {
                stage(staging, guid("body" + i), bodies.get(i));
                plan.save(i + 1, guid("body" + i), Values.of(2, DATE));
            }
            done(staging, basis, plan.build());
        }
        try (Mailbox box = reopen().open(WORK)) {
            box.snapshot();
            for (int i = 0; i < bodies.size(); i++) {
                Uid uid = new Uid(i + 1);
                try (InputStream in = box.body(uid).open()) {
                    assertArrayEquals(fixture().asKept(bodies.get(i)), in.readAllBytes(), "body " + i);
                }
                assertEquals(virtualSize(fixture().asKept(bodies.get(i))), box.virtualSize(uid), "size of body " + i);
            }
        }
    }

    private static long virtualSize(byte[] bytes) {
        long size = bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            size += bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r') ? 1 : 0;
        }
        return size;
    }

    @Test
    void exactNumbersCanGoDown() throws IOException {
        ModelBox model = threeMails();
        play(model, plan -> plan.expunge(9, C)
                .touch(3, Values.of(2, DATE).with(Flags.SEEN, "Work"))
                .update(5, Values.of(4, DATE + 1))
                .numbers(6, 1, 4));
    }

    @Test
    void identityCanChange() throws IOException {
        play(threeMails(), plan -> plan.identity(boxGuid(77), VALIDITY - 5));
        assertEquals(boxGuid(77), node(WORK).orElseThrow().guid());
        assertEquals(VALIDITY - 5, node(WORK).orElseThrow().uidValidity());
        assertEquals(20, node(WORK).orElseThrow().uidNext());
    }

    @Test
    void numbersCanChangeAlone() throws IOException {
        play(threeMails(), plan -> plan.numbers(4_000_000_000L, 10, 5_000_000_000L));
    }

    @Test
    void mailCanBeRenumbered() throws IOException {
        play(threeMails(), plan -> plan.renumber(3, 25, Values.of(60, DATE + 9).with(Flags.DELETED, "Work", "more"))
                .renumber(9, 1, Values.of(61, DATE + 2)));
    }

    @Test
    void mailsCanSwapTheirUids() throws IOException {
        play(threeMails(), plan -> plan.renumber(3, 9, Values.of(60, DATE).with(Flags.SEEN))
                .renumber(9, 3, Values.of(61, DATE).with(Flags.FLAGGED)));
    }

    @Test
    void mailCanTakeTheUidOfOneThatGoes() throws IOException {
        play(
                threeMails(),
                plan -> plan.expunge(3, A).renumber(5, 3, Values.of(60, DATE)).save(5, D, Values.of(61, DATE)),
                D);
    }

    @Test
    void copyIsASecondMailWithTheSameGuid() throws IOException {
        ModelBox model = threeMails();
        play(model, plan -> plan.copy(3, 21, Values.of(60, DATE + 5).with(Flags.FLAGGED, "copied"))
                .copy(3, 22, Values.of(61, DATE)));
        play(model, plan -> plan.expunge(21, A).update(22, Values.of(70, DATE).with(Flags.SEEN)));
        play(model, plan -> plan.expunge(3, A));
    }

    @Test
    void copyIsOfTheMailAsItWasBefore() throws IOException {
        play(threeMails(), plan -> plan.copy(3, 21, Values.of(60, DATE))
                .update(3, Values.of(61, DATE + 3).with(Flags.ANSWERED, "later"))
                .copy(5, 22, Values.of(62, DATE + 1))
                .renumber(5, 30, Values.of(63, DATE + 1)));
    }

    @Test
    void copyCanBeOfAMailThatGoes() throws IOException {
        play(threeMails(), plan -> plan.copy(3, 21, Values.of(60, DATE)).expunge(3, A));
    }

    @Test
    void oneStagedBodyCanMakeSeveralMails() throws IOException {
        ModelBox model = emptyWork();
        play(
                model,
                plan -> plan.save(1, A, Values.of(2, DATE).with(Flags.SEEN))
                        .save(2, B, Values.of(2, DATE))
                        .save(4, A, Values.of(3, DATE).with(Flags.FLAGGED, "second")),
                A,
                B);
        play(model, plan -> plan.expunge(1, A));
    }

    @Test
    void flagsKeywordsAndDateCanChange() throws IOException {
        ModelBox model = threeMails();
        play(model, plan -> plan.update(3, Values.of(60, DATE + 100).with(Flags.DRAFT, "other"))
                .update(5, Values.of(61, DATE + 1).with(Flags.SETTABLE, "Work", "other"))
                .update(9, Values.of(62, DATE + 2)));
        play(model, plan -> plan.touch(5, Values.of(63, DATE + 1).with(Flags.SETTABLE, "Work", "other")));
    }

    @Test
    void allStepsHappenInOnePlan() throws IOException {
        play(
                threeMails(),
                plan -> plan.expunge(3, A)
                        .copy(5, 2, Values.of(70, DATE))
                        .update(5, Values.of(71, DATE).with(Flags.ANSWERED, "Work", "all"))
                        .renumber(9, 3, Values.of(72, DATE).with(Flags.SEEN))
                        .save(1, D, Values.of(73, DATE + 7).with(Flags.FLAGGED, "fresh"))
                        .numbers(9, 2, 80),
                D);
    }

    @Test
    void mailboxCanBeEmptied() throws IOException {
        ModelBox model = threeMails();
        play(model, plan -> plan.expunge(3, A).expunge(5, B).expunge(9, C));
        play(model, plan -> plan.save(20, A, Values.of(90, DATE)), A);
    }

    @Test
    void lowerBoundsNeverLowerANumber() throws IOException {
        ModelBox model = threeMails();
        long before;
        try (Mailbox box = store().open(WORK)) {
            before = box.status().highestModSeq();
        }
        play(
                model,
                plan -> plan.update(3, Values.of(5, DATE).with(Flags.DRAFT))
                        .save(20, D, Values.of(1, DATE))
                        .numbers(21, 1, 1)
                        .notExact(),
                D);
        if (fixture().exactModSeqs()) {
            try (Mailbox box = store().open(WORK)) {
                MailboxSnapshot table = box.snapshot();
                assertTrue(table.status().highestModSeq() > before);
                assertTrue(table.modSeq(table.rowOf(3)) > before, "a change has a new modseq");
                assertTrue(table.modSeq(table.rowOf(20)) > before, "a new mail has a new modseq");
                assertTrue(table.modSeq(table.rowOf(5)) <= before, "an untouched mail keeps its modseq");
            }
        }
        play(model, plan -> plan.numbers(1000, 500, 900).notExact());
    }

    @Test
    void emptyPlanIsCarriedOut() throws IOException {
        ModelBox model = threeMails();
        play(model, plan -> {});
        play(model, PlanBuilder::notExact);
    }

    @Test
    void twoThousandMailsAreKept() throws IOException {
        int count = 2000;
        ModelBox model = emptyWork();
        List<MailGuid> guids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            guids.add(guid("many" + i));
        }
        play(
                model,
                plan -> {
                    for (int i = 0; i < count; i++) {
                        plan.save(
                                1 + 2L * i,
                                guids.get(i),
                                Values.of(2 + i, DATE + i).with(i % 32, i % 3 == 0 ? "third" : "other"));
                    }
                },
                guids.toArray(new MailGuid[0]));
        play(model, plan -> {
            for (int i = 0; i < count; i += 2) {
                plan.expunge(1 + 2L * i, guids.get(i));
            }
        });
    }

    @Test
    void statusAgreesWithTheSnapshotWithoutOne() throws IOException {
        threeMails();
        try (Mailbox box = store().open(WORK)) {
            MailboxStatus status = box.status();
            assertEquals(status, box.snapshot().status());
            assertFalse(status.provisional());
        }
    }

    @Test
    void onlyMailsOfTheLastSnapshotCanBeRead() throws IOException {
        threeMails();
        try (Mailbox box = store().open(WORK)) {
            box.snapshot();
            assertThrows(IllegalArgumentException.class, () -> box.body(new Uid(4)));
            assertThrows(IllegalArgumentException.class, () -> box.body(new Uid(20)));
        }
    }

    @Test
    void bodiesCanBeReadAgainAndTogether() throws IOException {
        threeMails();
        try (Mailbox box = store().open(WORK)) {
            box.snapshot();
            try (InputStream one = box.body(new Uid(3)).open();
                    InputStream other = box.body(new Uid(5)).open();
                    InputStream again = box.body(new Uid(3)).open()) {
                byte[] first = one.readAllBytes();
                assertFalse(Arrays.equals(first, other.readAllBytes()));
                assertArrayEquals(first, again.readAllBytes());
            }
        }
    }

    @Test
    void guidsOfManyShapesAreKept() throws IOException {
        List<MailGuid> shapes = List.of(
                new MailGuid("57fce92ee728026b4f0100003776523c"),
                new MailGuid("1704103205.M1P77.alpha,S=12,W=13"),
                new MailGuid("1704103205.M1P77.alpha,S=1005,W=1053"),
                new MailGuid("with space and : colon"),
                new MailGuid("../../escape"),
                new MailGuid("/etc/passwd"),
                new MailGuid(".hidden"),
                new MailGuid("ümläut-🎉"),
                new MailGuid("x".repeat(300)));
        List<MailGuid> guids = shapes.stream().filter(fixture()::keepsGuid).toList();
        ModelBox model = emptyWork();
        play(
                model,
                plan -> {
                    for (int i = 0; i < guids.size(); i++) {
                        plan.save(i + 1, guids.get(i), Values.of(2, DATE).with(Flags.SEEN));
                    }
                },
                guids.toArray(new MailGuid[0]));
        play(model, plan -> {
            for (int i = 0; i < guids.size(); i++) {
                plan.update(i + 1, Values.of(5, DATE).with(Flags.FLAGGED, "Work"));
            }
        });
    }

    @Test
    void keywordsDifferOnlyInCaseAreTheSame() throws IOException {
        ModelBox model = threeMails();
        play(model, plan -> plan.update(5, Values.of(60, DATE + 1).with(Flags.SEEN, "WORK", "$LABEL1")));
        try (Mailbox box = store().open(WORK)) {
            MailboxSnapshot table = box.snapshot();
            assertTrue(table.keywords(table.rowOf(5)).sameAs(Keywords.of(List.of("work", "$label1"))));
        }
    }
}
