/**
 * Connections as {@link dev.twinbox.transport.link.Link}s: Netty on one side, blocking streams on the other. Only here and in
 * the packages on top of it, {@code tls} and {@code doveadm}, is Netty known.
 *
 * <h2>Backpressure</h2>
 *
 * <p>Event loops move bytes and nothing else. What arrives is copied into an {@link dev.twinbox.transport.net.Inbox}; when
 * that is full the channel stops reading, the kernel's window closes, and the sender waits. Whoever writes waits while the
 * channel has more to send than its high-water mark. So a connection holds some MiB at most, however large the mails and
 * however slow a side.
 */
@NullMarked
package dev.twinbox.transport.net;

import org.jspecify.annotations.NullMarked;
