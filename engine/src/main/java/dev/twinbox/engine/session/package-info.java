/**
 * One run between two peers: who says what when ({@code SessionScript}), one mailbox's exchange, the delete guard, and how
 * it all ended ({@link dev.twinbox.engine.session.Outcome}). Called by the command line; uses the storage port and the
 * peer port and knows no file, socket or format.
 */
@NullMarked
package dev.twinbox.engine.session;

import org.jspecify.annotations.NullMarked;
