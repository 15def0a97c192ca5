/**
 * The proof machinery: a world of two accounts, a link and users in which everything follows from a history, an oracle that
 * says what a merge must have kept, and what makes, runs and shortens histories. Published as a test kit: it may be used by
 * other projects that test what they build on the engine. Entry: {@link dev.twinbox.engine.sim.Simulation}.
 */
@NullMarked
package dev.twinbox.engine.sim;

import org.jspecify.annotations.NullMarked;
