/**
 * What Dovecot's formats have in common: how names become folders, what lies beside the mailboxes of an account
 * (subscriptions, the log of names, UIDVALIDITY, METADATA), and {@link dev.twinbox.engine.storage.account.AccountStore}, which
 * needs of a format only {@link dev.twinbox.engine.storage.account.AccountFormat}.
 */
@NullMarked
package dev.twinbox.engine.storage.account;

import org.jspecify.annotations.NullMarked;
