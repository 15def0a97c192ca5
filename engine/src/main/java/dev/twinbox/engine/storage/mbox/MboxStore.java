package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.account.AccountStore;

/** Opens accounts of mbox files. */
public final class MboxStore {
    /** How long Dovecot waits for an mbox's locks, milliseconds. */
    public static final long DEFAULT_WAIT_MILLIS = 300_000;

    private MboxStore() {}

    /** Opens an account; nothing is looked at yet. */
    public static MailStore open(AccountOpening opening, MboxSettings settings) {
        AccountLocation location = opening.location();
        if (location.layout() != AccountLocation.Layout.FS || location.directoryName() != null) {
            throw new IllegalArgumentException(opening.description()
                    + ": mbox accounts have LAYOUT=fs and no DIRNAME=; with others Dovecot does not work, either");
        }
        return AccountStore.open(
                opening, (context, folders, attributes) -> new MboxFormat(context, settings, attributes));
    }
}
