package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mailbox of a {@link MemoryStore}. Bound to the mailbox it was opened on: a new one of that name is another. */
final class MemoryMailbox implements Mailbox {
    private static final long LOCK_POLL_MILLIS = 10;

    private final MemoryAccount account;
    private final MailboxName name;
    private final StoredBox box;
    private final boolean writable;

    /** From each version this object changed to the version it made. */
    private final Map<Object, Long> ownChanges = new HashMap<>();

    private @Nullable MailboxSnapshot last;

    MemoryMailbox(MemoryAccount account, MailboxName name, StoredBox box, boolean writable) {
        this.account = account;
        this.name = name;
        this.box = box;
        this.writable = writable;
    }

    @Override
    public MailboxName name() {
        return name;
    }

    @Override
    public MailboxStatus status() throws IOException {
        synchronized (account) {
            return live().status();
        }
    }

    @Override
    public MailboxSnapshot snapshot() throws IOException {
        synchronized (account) {
            MailboxSnapshot now = live().snapshot();
            last = now;
            return now;
        }
    }

    @Override
    public ChangeLog changes(long modSeq) throws IOException {
        synchronized (account) {
            return live().changes(modSeq);
        }
    }

    @Override
    public boolean holdsOwnMail() throws IOException {
        synchronized (account) {
            return live().holdsOwnMail();
        }
    }

    @Override
    public boolean changedSince(MailboxSnapshot snapshot) throws IOException {
        synchronized (account) {
            Object version = snapshot.version();
            while (ownChanges.containsKey(version)) {
                version = ownChanges.get(version);
            }
            return !Long.valueOf(live().version()).equals(version);
        }
    }

    @Override
    public Attributes attributes() throws IOException {
        synchronized (account) {
            return live().attributes();
        }
    }

    @Override
    public void applyAttributes(List<MailboxAttribute> changes) throws IOException {
        if (!writable) {
            throw new IllegalStateException("opened for reading");
        }
        synchronized (account) {
            long before = live().version();
            if (box.applyAttributes(changes, account.now())) {
                ownChanges.put(before, box.version());
            }
        }
    }

    @Override
    public MailBody body(Uid uid) {
        MailGuid guid = guidOf(uid);
        return () -> find(uid, guid).content().open();
    }

    @Override
    public long received(Uid uid) throws IOException {
        return find(uid, guidOf(uid)).received();
    }

    @Override
    public long virtualSize(Uid uid) throws IOException {
        return find(uid, guidOf(uid)).content().virtualSize();
    }

    @Override
    public Pop3 pop3(Uid uid) {
        MailGuid guid = guidOf(uid);
        synchronized (account) {
            StoredMail mail = box.find(uid.value(), guid);
            return mail == null ? Pop3.NONE : mail.pop3();
        }
    }

    @Override
    public Closeable lockForSync(long waitMillis) throws IOException {
        if (!writable) {
            return NoLock.INSTANCE;
        }
        for (long waited = 0; !tryLock(); waited += LOCK_POLL_MILLIS) {
            if (waited >= waitMillis) {
                throw new LockBusyException("Failed to lock mailbox " + name + " for dsyncing: Timed out after "
                        + waitMillis / 1000 + " seconds; run again when the other run is done");
            }
            account.clock().sleepMillis(LOCK_POLL_MILLIS);
        }
        return this::unlock;
    }

    private boolean tryLock() {
        synchronized (account) {
            return box.tryLock();
        }
    }

    private void unlock() {
        synchronized (account) {
            box.unlock();
        }
    }

    @Override
    public Staging stage() throws IOException {
        if (!writable) {
            throw new IllegalStateException("opened for reading");
        }
        synchronized (account) {
            live();
        }
        return new MemoryStaging(this);
    }

    @Override
    public void close() {}

    /** Carries out a plan if the mailbox still is as it was; says whether it was. */
    boolean commit(MailboxSnapshot basis, MailboxPlan plan, Map<MailGuid, StoredMail> staged) throws IOException {
        synchronized (account) {
            if (!Long.valueOf(live().version()).equals(basis.version())) {
                return false;
            }
            box.apply(plan, staged);
            ownChanges.put(basis.version(), box.version());
            return true;
        }
    }

    private StoredBox live() throws MailboxGoneException {
        if (!isLive()) {
            throw new MailboxGoneException("there is no mailbox " + name + " any more");
        }
        return box;
    }

    private boolean isLive() {
        return account.find(name) == box;
    }

    private MailGuid guidOf(Uid uid) {
        int row = last == null ? -1 : last.rowOf(uid.value());
        if (last == null || row < 0) {
            throw new IllegalArgumentException("the last snapshot has no UID " + uid);
        }
        return last.guid(row);
    }

    private StoredMail find(Uid uid, MailGuid guid) throws BodyGoneException {
        synchronized (account) {
            StoredMail mail = isLive() ? box.find(uid.value(), guid) : null;
            if (mail == null) {
                throw new BodyGoneException("mail with UID " + uid + " of " + name + " is gone");
            }
            return mail;
        }
    }
}
