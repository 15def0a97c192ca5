/**
 * Dovecot's mailbox index: the snapshot {@code dovecot.index}, the transaction log {@code dovecot.index.log} and its
 * predecessor {@code dovecot.index.log.2}.
 *
 * <p>Layers, lowest first: codecs over byte arrays ({@link dev.twinbox.engine.index.IndexSnapshotCodec},
 * {@link dev.twinbox.engine.index.IndexLogCodec}); replaying a log into a table of mails; and the three doors for a mail
 * store: {@link dev.twinbox.engine.index.IndexReader} (no lock), {@link dev.twinbox.engine.index.IndexHistory} (what
 * happened since a modseq) and {@link dev.twinbox.engine.index.IndexWriter} (under Dovecot's own lock).
 *
 * <p>All integers are little endian. Nothing here trusts a file: every length is checked, and whatever does not fit is
 * {@link dev.twinbox.engine.index.IndexFormatException} or damage noted in the {@link dev.twinbox.engine.index.IndexState}.
 */
@NullMarked
package dev.twinbox.engine.index;

import org.jspecify.annotations.NullMarked;
