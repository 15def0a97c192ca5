package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;

/**
 * One side's account of a mail's flags and keywords.
 *
 * @param keeps what is set here and nobody is known to have taken away at the other side stays, whoever was last
 */
record MailView(Flags flags, Keywords keywords, Change change, boolean keeps) {}
