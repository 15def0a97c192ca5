/**
 * mbox: a mailbox is one file, mails one after another, as Dovecot 2.3 keeps it ({@code mbox:} in {@code mail_location}).
 * {@link dev.twinbox.engine.storage.mbox.MboxScanner} reads such a file, {@code MboxWriter} writes mails into one,
 * {@code MboxCommit} says how a file is changed so that a crash loses nothing.
 */
@NullMarked
package dev.twinbox.engine.storage.mbox;

import org.jspecify.annotations.NullMarked;
