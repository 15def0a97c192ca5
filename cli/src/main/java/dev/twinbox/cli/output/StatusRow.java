package dev.twinbox.cli.output;

import dev.twinbox.engine.storage.MailboxStatus;

/**
 * One mailbox of a listing.
 *
 * @param name as the administrator writes it, with the account's separator
 */
public record StatusRow(String name, boolean subscribed, MailboxStatus status) {}
