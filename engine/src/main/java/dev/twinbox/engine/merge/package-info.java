/**
 * The decisions: pure functions from two tables of mails to a plan for one of them. No I/O, no clock, no threads.
 */
@NullMarked
package dev.twinbox.engine.merge;

import org.jspecify.annotations.NullMarked;
