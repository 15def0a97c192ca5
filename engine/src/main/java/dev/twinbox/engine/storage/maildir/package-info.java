/**
 * Maildir as Dovecot writes it (Maildir++ and LAYOUT=fs, {@code dovecot-uidlist} version 3) and plain Maildirs of other
 * programs. Entry: {@link dev.twinbox.engine.storage.maildir.MaildirStore}.
 */
@NullMarked
package dev.twinbox.engine.storage.maildir;

import org.jspecify.annotations.NullMarked;
