package dev.twinbox.engine.storage;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A mailbox that hands everything on to another one, for those that say only some things otherwise. */
public abstract class ForwardingMailbox implements Mailbox {
    private final Mailbox box;

    /** Hands on to {@code box}, and closes it when it is closed. */
    protected ForwardingMailbox(Mailbox box) {
        this.box = box;
    }

    /** What each call is handed on to. */
    protected Mailbox box() {
        return box;
    }

    @Override
    public MailboxName name() {
        return box().name();
    }

    @Override
    public MailboxStatus status() throws IOException {
        return box().status();
    }

    @Override
    public void trustRecords() {
        box().trustRecords();
    }

    @Override
    public MailboxSnapshot snapshot() throws IOException {
        return box().snapshot();
    }

    @Override
    public long digest() throws IOException {
        return box().digest();
    }

    @Override
    public BlockDigests blocks() throws IOException {
        return box().blocks();
    }

    @Override
    public boolean isSeenBySync() throws IOException {
        return box().isSeenBySync();
    }

    @Override
    public MailboxSnapshot detailedSnapshot() throws IOException {
        return box().detailedSnapshot();
    }

    @Override
    public int leftOut() {
        return box().leftOut();
    }

    @Override
    public ChangeLog changes(long modSeq) throws IOException {
        return box().changes(modSeq);
    }

    @Override
    public boolean holdsOwnMail() throws IOException {
        return box().holdsOwnMail();
    }

    @Override
    public boolean recordsExpunges() throws IOException {
        return box().recordsExpunges();
    }

    @Override
    public boolean changedSince(MailboxSnapshot snapshot) throws IOException {
        return box().changedSince(snapshot);
    }

    @Override
    public Attributes attributes() throws IOException {
        return box().attributes();
    }

    @Override
    public void applyAttributes(List<MailboxAttribute> changes) throws IOException {
        box().applyAttributes(changes);
    }

    @Override
    public MailBody body(Uid uid) {
        return box().body(uid);
    }

    @Override
    public long received(Uid uid) throws IOException {
        return box().received(uid);
    }

    @Override
    public long virtualSize(Uid uid) throws IOException {
        return box().virtualSize(uid);
    }

    @Override
    public Pop3 pop3(Uid uid) {
        return box().pop3(uid);
    }

    @Override
    public Closeable lockForSync(long waitMillis) throws IOException {
        return box().lockForSync(waitMillis);
    }

    @Override
    public Staging stage() throws IOException {
        return box().stage();
    }

    @Override
    public void close() throws IOException {
        box().close();
    }
}
