/** Hostile input that a coverage-guided fuzzer makes up, for whatever reads what a peer says. */
@NullMarked
package dev.twinbox.transport.fuzz;

import org.jspecify.annotations.NullMarked;
