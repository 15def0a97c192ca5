package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;

/** Mails on their way into a dbox mailbox: complete files of their format, under names that mean nothing yet. */
final class DboxStaging implements Staging {
    private final AccountContext context;
    private final DboxMailbox box;
    private final DboxBodies.Stage stage;
    private final Map<MailGuid, DboxBodies.Staged> staged = new HashMap<>();

    DboxStaging(AccountContext context, DboxMailbox box, DboxBodies.Stage stage) {
        this.context = context;
        this.box = box;
        this.stage = stage;
    }

    @Override
    public long save(MailGuid guid, MailBody body, long received, Pop3 pop3) throws IOException {
        context.beginWriting();
        try {
            DboxMetadata.Builder metadata =
                    new DboxMetadata.Builder().guid(guid).received(received).pop3(pop3);
            DboxBodies.Staged mail = stage.save(body, metadata, received, pop3);
            staged.put(guid, mail);
            return mail.size();
        } catch (NoSuchFileException e) {
            throw box.gone(e);
        }
    }

    @Override
    public boolean has(MailGuid guid) {
        return staged.containsKey(guid);
    }

    @Override
    public Result commit(MailboxSnapshot basis, MailboxPlan plan) throws IOException {
        try {
            context.beginWriting();
            stage.sync();
            Result result = new DboxCommit(context, box, staged, stage).run(basis, plan);
            if (result == Result.DONE) {
                close();
            }
            return result;
        } catch (NoSuchFileException e) {
            throw box.gone(e);
        }
    }

    @Override
    public void close() throws IOException {
        staged.clear();
        stage.close();
    }
}
