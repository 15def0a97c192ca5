package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** A user who works by plans; somebody else sees to it that the log does not call them a sync's. */
public final class PlanningUser implements StoreUser {
    private final Account account;

    public PlanningUser(Account account) {
        this.account = account;
    }

    /** Opens the account and lets something be done with it, as a user's doing. */
    public interface Account {
        void use(Work work) throws IOException;
    }

    /** What is done with an open account. */
    public interface Work {
        void on(MailStore store) throws IOException;
    }

    private interface Change {
        void make(MailboxSnapshot basis, Staging staging, PlanBuilder plan) throws IOException;
    }

    private void change(MailboxName mailbox, Change change) throws IOException {
        account.use(store -> {
            try (Mailbox box = store.open(mailbox);
                    Staging staging = box.stage()) {
                MailboxSnapshot basis = box.detailedSnapshot();
                PlanBuilder plan = new PlanBuilder(basis.status()).notExact();
                change.make(basis, staging, plan);
                assertEquals(Staging.Result.DONE, staging.commit(basis, plan.build()));
            }
            store.flush();
        });
    }

    @Override
    public void deliver(MailboxName mailbox, MailGuid guid, byte[] content, long received) throws IOException {
        change(mailbox, (basis, staging, plan) -> {
            staging.save(guid, () -> new ByteArrayInputStream(content), received, Mailbox.Pop3.NONE);
            plan.save(basis.status().uidNext(), guid, Values.of(1, received));
        });
    }

    @Override
    public void flag(MailboxName mailbox, long uid, Flags flags) throws IOException {
        change(mailbox, (basis, staging, plan) -> {
            int row = basis.rowOf(uid);
            plan.update(uid, new Values(flags, basis.keywords(row), 1, basis.received(row)));
        });
    }

    @Override
    public void keyword(MailboxName mailbox, long uid, Keywords keywords) throws IOException {
        change(mailbox, (basis, staging, plan) -> {
            int row = basis.rowOf(uid);
            plan.update(uid, new Values(basis.flags(row).settable(), keywords, 1, basis.received(row)));
        });
    }

    @Override
    public void expunge(MailboxName mailbox, long uid) throws IOException {
        change(mailbox, (basis, staging, plan) -> plan.expunge(uid, basis.guid(basis.rowOf(uid))));
    }
}
