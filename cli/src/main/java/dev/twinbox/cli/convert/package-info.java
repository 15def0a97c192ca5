/**
 * Moving a user's mail to another place or format while it is in use: the steps, their order, and what is remembered of them.
 * What a step does is said by {@link dev.twinbox.cli.convert.Steps}.
 */
@NullMarked
package dev.twinbox.cli.convert;

import org.jspecify.annotations.NullMarked;
