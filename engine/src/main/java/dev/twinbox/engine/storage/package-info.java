/**
 * The storage port: what the engine asks of a mail store, whatever its format. Read a consistent table
 * ({@link dev.twinbox.engine.storage.MailboxSnapshot}), stage bodies without a lock, commit a whole plan under a short
 * one. Each format is a package of its own below this one and sees no other. Start at
 * {@link dev.twinbox.engine.storage.MailStore}.
 */
@NullMarked
package dev.twinbox.engine.storage;

import org.jspecify.annotations.NullMarked;
