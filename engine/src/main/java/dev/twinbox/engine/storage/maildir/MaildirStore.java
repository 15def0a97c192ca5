package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.account.AccountStore;

/** Opens accounts of Maildirs. */
public final class MaildirStore {
    private MaildirStore() {}

    /** Opens an account; nothing is looked at yet. */
    public static MailStore open(AccountOpening opening) {
        return AccountStore.open(opening, (context, folders, attributes) -> new MaildirFormat(context, attributes));
    }
}
