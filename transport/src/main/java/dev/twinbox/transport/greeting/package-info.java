/**
 * Settles which protocol two ends speak. A responder greets in dsync at once, as a Dovecot does, and adds a line that every
 * dsync passes over; who knows that line answers in Twinbox's own protocol, everybody else in dsync.
 */
@NullMarked
package dev.twinbox.transport.greeting;

import org.jspecify.annotations.NullMarked;
