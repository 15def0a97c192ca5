/**
 * Dovecot's sdbox and mdbox: mails in files of one format, everything else in the index. The formats differ only in where
 * the files lie, which is behind {@link dev.twinbox.engine.storage.dbox.DboxBodies}.
 */
@NullMarked
package dev.twinbox.engine.storage.dbox;

import org.jspecify.annotations.NullMarked;
