package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ForwardingMailbox;
import dev.twinbox.engine.storage.ForwardingStore;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;

/** A store that hands everything on; tests override what is to go wrong. */
class StoreWrapper extends ForwardingStore {
    StoreWrapper(MailStore store) {
        super(store);
    }

    /** Called before a mailbox's status is taken. */
    void beforeStatus(MailboxName name) throws IOException {}

    /** Called before a table is taken. */
    void beforeSnapshot(MailboxName name) throws IOException {}

    /** Gives each table, or another. */
    MailboxSnapshot snapshot(MailboxName name, MailboxSnapshot taken) {
        return taken;
    }

    /** Gives a mailbox's attributes. */
    Attributes attributes(Mailbox box) throws IOException {
        return box.attributes();
    }

    /** Called before a mail is opened. */
    void beforeBody(MailboxName name, Uid uid) throws IOException {}

    /** Called before a plan is carried out; CHANGED refuses it. */
    Staging.Result beforeCommit(MailboxName name) throws IOException {
        return Staging.Result.DONE;
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        return new BoxWrapper(super.open(name));
    }

    private final class BoxWrapper extends ForwardingMailbox {
        private final Mailbox box;

        BoxWrapper(Mailbox box) {
            super(box);
            this.box = box;
        }

        @Override
        public MailboxStatus status() throws IOException {
            beforeStatus(name());
            return super.status();
        }

        @Override
        public MailboxSnapshot snapshot() throws IOException {
            beforeSnapshot(name());
            return StoreWrapper.this.snapshot(name(), super.snapshot());
        }

        /** Of the table that the test gives. */
        @Override
        public long digest() throws IOException {
            return snapshot().digest();
        }

        @Override
        public BlockDigests blocks() throws IOException {
            return snapshot().blocks();
        }

        @Override
        public MailboxSnapshot detailedSnapshot() throws IOException {
            beforeSnapshot(name());
            return StoreWrapper.this.snapshot(name(), super.detailedSnapshot());
        }

        @Override
        public Attributes attributes() throws IOException {
            return StoreWrapper.this.attributes(box);
        }

        @Override
        public MailBody body(Uid uid) {
            MailBody body = super.body(uid);
            return () -> {
                beforeBody(name(), uid);
                return body.open();
            };
        }

        @Override
        public Staging stage() throws IOException {
            return new StagingWrapper(name(), super.stage());
        }
    }

    private final class StagingWrapper implements Staging {
        private final MailboxName name;
        private final Staging staging;

        StagingWrapper(MailboxName name, Staging staging) {
            this.name = name;
            this.staging = staging;
        }

        @Override
        public long save(MailGuid guid, MailBody body, long received, Mailbox.Pop3 pop3) throws IOException {
            return staging.save(guid, body, received, pop3);
        }

        @Override
        public boolean has(MailGuid guid) {
            return staging.has(guid);
        }

        @Override
        public Result commit(MailboxSnapshot basis, MailboxPlan plan) throws IOException {
            return beforeCommit(name) == Result.CHANGED ? Result.CHANGED : staging.commit(basis, plan);
        }

        @Override
        public void close() throws IOException {
            staging.close();
        }
    }
}
