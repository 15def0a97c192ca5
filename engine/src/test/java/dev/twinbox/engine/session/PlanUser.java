package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.PlanBuilder;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Uses an account of any format by plans, as a mail server would: next UID, next modseq. */
final class PlanUser implements MailUser {
    private final Place place;

    PlanUser(Place place) {
        this.place = place;
    }

    /** A change to one mailbox. */
    private interface Change {
        void make(MailboxSnapshot basis, Staging staging, PlanBuilder plan) throws IOException;
    }

    private void change(MailboxName mailbox, Change change) throws IOException {
        try (MailStore store = place.open()) {
            try (Mailbox box = store.open(mailbox);
                    Staging staging = box.stage()) {
                MailboxSnapshot basis = box.detailedSnapshot();
                PlanBuilder plan = new PlanBuilder(basis.status());
                change.make(basis, staging, plan);
                assertEquals(Staging.Result.DONE, staging.commit(basis, plan.build()));
            }
            store.flush();
        }
    }

    private void change(TreeChange change) throws IOException {
        try (MailStore store = place.open()) {
            store.apply(change);
            store.flush();
        }
    }

    private static long nextModSeq(MailboxSnapshot basis) {
        return basis.status().highestModSeq() + 1;
    }

    private static Values values(MailboxSnapshot basis, int row) {
        return new Values(basis.flags(row).settable(), basis.keywords(row), nextModSeq(basis), basis.received(row));
    }

    @Override
    public void deliver(MailboxName mailbox, MailGuid guid, byte[] content, long received) throws IOException {
        change(mailbox, (basis, staging, plan) -> {
            staging.save(guid, () -> new ByteArrayInputStream(content), received, Mailbox.Pop3.NONE);
            plan.save(basis.status().uidNext(), guid, Values.of(nextModSeq(basis), received));
        });
    }

    @Override
    public void flag(MailboxName mailbox, long uid, Flags flags) throws IOException {
        change(mailbox, (basis, staging, plan) -> {
            int row = basis.rowOf(uid);
            plan.update(uid, new Values(flags, basis.keywords(row), nextModSeq(basis), basis.received(row)));
        });
    }

    @Override
    public void keyword(MailboxName mailbox, long uid, Keywords keywords) throws IOException {
        change(mailbox, (basis, staging, plan) -> {
            int row = basis.rowOf(uid);
            plan.update(uid, new Values(basis.flags(row).settable(), keywords, nextModSeq(basis), basis.received(row)));
        });
    }

    @Override
    public void expunge(MailboxName mailbox, long uid) throws IOException {
        change(mailbox, (basis, staging, plan) -> {
            plan.expunge(uid, basis.guid(basis.rowOf(uid)));
            plan.numbers(basis.status().uidNext(), basis.status().firstRecentUid(), nextModSeq(basis));
        });
    }

    @Override
    public void copy(MailboxName mailbox, long uid, MailboxName to) throws IOException {
        byte[] content;
        MailboxSnapshot from;
        try (MailStore store = place.openForReading();
                Mailbox box = store.open(mailbox)) {
            from = box.detailedSnapshot();
            try (InputStream in = box.body(new Uid(uid)).open()) {
                content = in.readAllBytes();
            }
        }
        int row = from.rowOf(uid);
        change(to, (basis, staging, plan) -> {
            staging.save(
                    from.guid(row), () -> new ByteArrayInputStream(content), from.received(row), Mailbox.Pop3.NONE);
            Values values =
                    new Values(from.flags(row).settable(), from.keywords(row), nextModSeq(basis), from.received(row));
            plan.save(basis.status().uidNext(), from.guid(row), values);
        });
    }

    @Override
    public void select(MailboxName mailbox) throws IOException {
        change(
                mailbox,
                (basis, staging, plan) -> plan.numbers(
                        basis.status().uidNext(),
                        basis.status().uidNext(),
                        basis.status().highestModSeq()));
    }

    @Override
    public void renumber(MailboxName mailbox, long uid, long newUid) throws IOException {
        change(mailbox, (basis, staging, plan) -> {
            if (basis.rowOf(newUid) < 0) {
                plan.renumber(uid, newUid, values(basis, basis.rowOf(uid)));
            }
        });
    }

    @Override
    public void create(MailboxName mailbox, MailboxGuid guid, long uidValidity) throws IOException {
        change(new TreeChange.Create(mailbox, guid, uidValidity));
    }

    @Override
    public void rename(MailboxName mailbox, MailboxName to) throws IOException {
        change(new TreeChange.Rename(mailbox, to));
    }

    @Override
    public void delete(MailboxName mailbox, MailboxGuid guid) throws IOException {
        change(new TreeChange.Delete(mailbox, guid));
    }

    @Override
    public void subscribe(MailboxName mailbox, boolean on) throws IOException {
        change(on ? new TreeChange.Subscribe(mailbox, 0) : new TreeChange.Unsubscribe(mailbox, 0));
    }
}
