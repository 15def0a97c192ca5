package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFormat;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.account.AccountStore;
import dev.twinbox.engine.storage.account.FolderNames;
import org.jspecify.annotations.Nullable;

/** Opens accounts of Maildirs. */
public final class MaildirStore {
    private MaildirStore() {}

    /** Opens an account; nothing is looked at yet. */
    public static MailStore open(AccountOpening opening) {
        return AccountStore.open(opening, new AccountStore.FormatMaker() {
            @Override
            public AccountFormat make(
                    AccountContext context, FolderNames folders, @Nullable AccountAttributes attributes) {
                return new MaildirFormat(context, attributes);
            }
        });
    }
}
