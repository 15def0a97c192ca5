package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ForwardingStore;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

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

    private final class BoxWrapper implements Mailbox {
        private final Mailbox box;

        BoxWrapper(Mailbox box) {
            this.box = box;
        }

        @Override
        public MailboxName name() {
            return box.name();
        }

        @Override
        public MailboxStatus status() throws IOException {
            beforeStatus(name());
            return box.status();
        }

        @Override
        public MailboxSnapshot snapshot() throws IOException {
            beforeSnapshot(name());
            return StoreWrapper.this.snapshot(name(), box.snapshot());
        }

        @Override
        public boolean holdsOwnMail() throws IOException {
            return box.holdsOwnMail();
        }

        @Override
        public boolean recordsExpunges() throws IOException {
            return box.recordsExpunges();
        }

        @Override
        public MailboxSnapshot detailedSnapshot() throws IOException {
            beforeSnapshot(name());
            return StoreWrapper.this.snapshot(name(), box.detailedSnapshot());
        }

        @Override
        public Closeable lockForSync(long waitMillis) throws IOException {
            return box.lockForSync(waitMillis);
        }

        @Override
        public boolean changedSince(MailboxSnapshot snapshot) throws IOException {
            return box.changedSince(snapshot);
        }

        @Override
        public Attributes attributes() throws IOException {
            return StoreWrapper.this.attributes(box);
        }

        @Override
        public void applyAttributes(List<MailboxAttribute> changes) throws IOException {
            box.applyAttributes(changes);
        }

        @Override
        public MailBody body(Uid uid) {
            MailBody body = box.body(uid);
            return () -> {
                beforeBody(name(), uid);
                return body.open();
            };
        }

        @Override
        public long received(Uid uid) throws IOException {
            return box.received(uid);
        }

        @Override
        public long virtualSize(Uid uid) throws IOException {
            return box.virtualSize(uid);
        }

        @Override
        public Pop3 pop3(Uid uid) {
            return box.pop3(uid);
        }

        @Override
        public Staging stage() throws IOException {
            return new StagingWrapper(name(), box.stage());
        }

        @Override
        public void close() throws IOException {
            box.close();
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
