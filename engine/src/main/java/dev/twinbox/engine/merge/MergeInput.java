package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailboxSnapshot;

/**
 * One side's account of a mailbox: its mails now, and what its log says happened to them. Each end of a run has its own and
 * hears the other's, so both hold the same two and decide the same.
 */
public record MergeInput(MailboxSnapshot table, ChangeLog log) {}
