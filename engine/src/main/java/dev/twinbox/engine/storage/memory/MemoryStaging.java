package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/** Mails that nobody sees yet. A GUID that is staged again replaces the first. */
final class MemoryStaging implements Staging {
    private final MemoryMailbox mailbox;
    private final Map<MailGuid, StoredMail> staged = new HashMap<>();
    private boolean closed;

    MemoryStaging(MemoryMailbox mailbox) {
        this.mailbox = mailbox;
    }

    @Override
    public long save(MailGuid guid, MailBody body, long received, Pop3 pop3) throws IOException {
        checkOpen();
        byte[] bytes;
        try (InputStream in = body.open()) {
            bytes = in.readAllBytes();
        }
        staged.put(guid, new StoredMail(guid, Flags.NONE, Keywords.NONE, 1, received, pop3, new Content(bytes)));
        return bytes.length;
    }

    @Override
    public boolean has(MailGuid guid) {
        return staged.containsKey(guid);
    }

    @Override
    public Result commit(MailboxSnapshot basis, MailboxPlan plan) throws IOException {
        checkOpen();
        if (!mailbox.commit(basis, plan, staged)) {
            return Result.CHANGED;
        }
        staged.clear();
        return Result.DONE;
    }

    @Override
    public void close() {
        staged.clear();
        closed = true;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("staging is closed");
        }
    }
}
