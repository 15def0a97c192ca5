package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The part of the contract that is about plans as two-way merging makes them: lower bounds, copies, new UIDs. */
abstract class MergePlanContract extends MailboxContract {
    private static final int RANDOM_MAILBOXES = 20;
    private static final int RANDOM_PLANS = 5;

    @Test
    void twoMailsOfOneGuidCanBeSavedAboveAll() throws IOException {
        ModelBox model = threeMails();
        play(
                model,
                plan -> plan.save(21, D, Values.of(7, DATE).with(Flags.SEEN))
                        .save(23, D, Values.of(7, DATE).with(Flags.FLAGGED, "second"))
                        .numbers(30, 22, 1)
                        .notExact(),
                D);
        play(model, plan -> plan.expunge(21, D).copy(23, 30, Values.of(1, DATE)).notExact());
    }

    @Test
    void aGuidThatIsThereCanBeSavedOnceMore() throws IOException {
        ModelBox model = threeMails();
        play(
                model,
                plan -> plan.save(20, A, Values.of(1, DATE).with(Flags.DRAFT, "again"))
                        .update(3, Values.of(1, DATE).with(Flags.ANSWERED))
                        .notExact(),
                A);
        play(model, plan -> plan.expunge(3, A).save(21, B, Values.of(1, DATE)).notExact(), B);
    }

    @Test
    void copiesRenumbersAndSavesGoTogether() throws IOException {
        ModelBox model = threeMails();
        play(
                model,
                plan -> plan.renumber(3, 20, Values.of(51, DATE).with(Flags.SEEN, "Work"))
                        .copy(3, 21, Values.of(51, DATE).with(Flags.SEEN))
                        .save(22, D, Values.of(51, DATE + 7))
                        .copy(9, 23, Values.of(51, DATE + 2))
                        .expunge(9, C)
                        .update(5, Values.of(51, DATE + 1).with(Flags.FLAGGED))
                        .numbers(40, 20, 60)
                        .notExact(),
                D);
        play(model, plan -> plan.renumber(23, 41, Values.of(1, DATE))
                .renumber(20, 40, Values.of(1, DATE))
                .notExact());
    }

    @Test
    void uidsCanGoRoundInACircle() throws IOException {
        for (boolean exact : new boolean[] {true, false}) {
            ModelBox model = threeMails();
            play(model, plan -> {
                plan.renumber(3, 5, Values.of(60, DATE).with(Flags.SEEN))
                        .renumber(5, 9, Values.of(61, DATE).with(Flags.FLAGGED, "Work"))
                        .renumber(9, 3, Values.of(62, DATE));
                if (!exact) {
                    plan.notExact();
                }
            });
            play(model, plan -> plan.expunge(3, C).expunge(5, A).expunge(9, B).numbers(20, 4, 70));
            play(model, plan -> plan.identity(boxGuid(1), VALIDITY).numbers(1, 1, 1));
        }
    }

    @Test
    void whatIsTouchedHasAModSeqThatIsNewAndHighEnough() throws IOException {
        threeMails();
        long before;
        try (Mailbox box = store().open(WORK);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            before = basis.status().highestModSeq();
            stage(staging, D, mail("d"));
            done(
                    staging,
                    basis,
                    new PlanBuilder(basis.status())
                            .update(3, Values.of(before + 40, DATE).with(Flags.DRAFT, "x", "y"))
                            .copy(3, 20, Values.of(1, DATE).with(Flags.SEEN, "z"))
                            .save(21, D, Values.of(before + 7, DATE))
                            .notExact()
                            .numbers(30, 1, before + 3)
                            .build());
        }
        if (fixture().exactModSeqs()) {
            try (Mailbox box = reopen().open(WORK)) {
                MailboxSnapshot table = box.snapshot();
                assertTrue(table.modSeq(table.rowOf(3)) >= before + 40);
                assertTrue(table.modSeq(table.rowOf(20)) > before);
                assertTrue(table.modSeq(table.rowOf(21)) >= before + 7);
                assertTrue(table.modSeq(table.rowOf(5)) <= before);
                assertTrue(table.status().highestModSeq() >= before + 40);
                assertEquals(30, table.status().uidNext());
            }
        }
    }

    @Test
    void randomPlansOfLowerBoundsAreKept() throws IOException {
        for (int seed = 0; seed < fixture().randomMailboxes(RANDOM_MAILBOXES); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ModelBox model = seed == 0 ? emptyWork() : another(seed);
            for (int round = 0; round < RANDOM_PLANS; round++) {
                List<MailGuid> fresh = new ArrayList<>();
                MailboxSnapshot basis;
                try (Mailbox box = store().open(name("Work" + (seed == 0 ? "" : seed)))) {
                    basis = box.snapshot();
                }
                MailboxPlan plan = randomPlan(random, basis, seed * 100 + round * 10, fresh);
                playIn("Work" + (seed == 0 ? "" : seed), model, plan, fresh, "seed " + seed + " round " + round);
            }
        }
    }

    private ModelBox another(int seed) throws IOException {
        create(name("Work" + seed), boxGuid(100 + seed));
        return new ModelBox(boxGuid(100 + seed), VALIDITY);
    }

    private void playIn(String where, ModelBox model, MailboxPlan plan, List<MailGuid> fresh, String what)
            throws IOException {
        try (Mailbox box = store().open(name(where));
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            for (MailGuid guid : fresh) {
                long received = plannedDate(plan, guid);
                stage(staging, guid, mail(guid.value()), received);
                model.staged(guid, mail(guid.value()), received, Mailbox.Pop3.NONE);
            }
            done(staging, basis, plan);
            model.apply(plan);
            model.assertIs(box, fixture(), what + " " + plan);
        }
        reopen();
        try (Mailbox box = store().open(name(where))) {
            model.assertIs(box, fixture(), what + ", opened again " + plan);
        }
    }

    /** As in merging, new UIDs are above all that were. */
    private static MailboxPlan randomPlan(
            SplittableRandom random, MailboxSnapshot basis, int number, List<MailGuid> fresh) {
        PlanBuilder plan = new PlanBuilder(basis.status());
        long next = basis.status().uidNext() + random.nextInt(3);
        for (int row = 0; row < basis.size(); row++) {
            long uid = basis.uid(row);
            if (random.nextInt(6) == 0) {
                plan.copy(uid, next++, values(random));
            }
            switch (random.nextInt(8)) {
                case 0 -> plan.expunge(uid, basis.guid(row));
                case 1 -> plan.renumber(uid, next++, values(random));
                case 2, 3 -> plan.update(uid, values(random));
                default -> {
                    // Stays as it is.
                }
            }
        }
        TreeSet<MailGuid> chosen = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            boolean known = basis.size() > 0 && random.nextInt(4) == 0;
            chosen.add(known ? basis.guid(random.nextInt(basis.size())) : guid("n" + (number + i)));
        }
        for (MailGuid guid : chosen) {
            fresh.add(guid);
            long received = DATE + random.nextInt(1000);
            for (int copies = 1 + random.nextInt(5) / 4; copies > 0; copies--) {
                next += random.nextInt(2);
                Values one = values(random);
                plan.save(next++, guid, new Values(one.flags(), one.keywords(), one.modSeq(), received));
            }
        }
        long uidNext = basis.status().uidNext() + random.nextInt(20);
        long recent = 1 + random.nextLong(uidNext);
        return plan.numbers(uidNext, recent, 1 + random.nextLong(200))
                .notExact()
                .build();
    }

    private static Values values(SplittableRandom random) {
        List<String> names = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            names.add("key-" + random.nextInt(10));
        }
        return Values.of(1 + random.nextLong(300), DATE + random.nextInt(1000))
                .with(random.nextInt(Flags.SETTABLE + 1), names.toArray(new String[0]));
    }
}
