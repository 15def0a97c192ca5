/**
 * The proof from outside: {@code bin/twinbox} as a process, beside a real Dovecot, on real files. Nothing here looks into
 * the product; what a test knows, it knows from exit codes, messages, files and from what {@code doveadm} says about them.
 */
@NullMarked
package dev.twinbox.it;

import org.jspecify.annotations.NullMarked;
