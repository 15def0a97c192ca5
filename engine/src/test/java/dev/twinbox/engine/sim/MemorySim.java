package dev.twinbox.engine.sim;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.storage.memory.MemoryClient;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An account in memory. */
public final class MemorySim implements SimAccount {
    private final MemoryAccount account;
    private final MemoryClient client;

    /** Empty, without INBOX. */
    public MemorySim(String name, Clock clock) {
        account = new MemoryAccount(name, clock);
        client = account.client();
    }

    @Override
    public MailStore openForWriting() {
        return account.openForWriting();
    }

    @Override
    public MailStore openForReading() {
        return account.openForReading();
    }

    @Override
    public void deliver(MailboxName folder, MailGuid mail, byte[] content, long received) throws IOException {
        client.deliver(folder, mail, content, received);
    }

    @Override
    public void mark(MailboxName folder, long uid, MailGuid mail, String word, boolean on) throws IOException {
        MailboxSnapshot table;
        try (Mailbox box = openForReading().open(folder)) {
            table = box.snapshot();
        }
        int row = table.rowOf(uid);
        if (word.startsWith("\\")) {
            int bits = table.flags(row).settable().bits();
            client.flag(folder, uid, new Flags(on ? bits | bit(word) : bits & ~bit(word)));
        } else {
            List<String> names = new ArrayList<>(table.keywords(row).names());
            names.remove(word);
            if (on) {
                names.add(word);
            }
            client.keyword(folder, uid, Keywords.of(names));
        }
    }

    static int bit(String flag) {
        for (int bit = 1; bit <= Flags.SETTABLE; bit <<= 1) {
            if (new Flags(bit).toString().equals(flag)) {
                return bit;
            }
        }
        throw new IllegalArgumentException("no flag: " + flag);
    }

    @Override
    public void expunge(MailboxName folder, long uid, MailGuid mail) throws IOException {
        client.expunge(folder, uid);
    }

    @Override
    public boolean copy(MailboxName folder, long uid, MailGuid mail, MailboxName to) throws IOException {
        client.copy(folder, uid, to);
        return true;
    }
}
