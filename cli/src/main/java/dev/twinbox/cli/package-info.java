/** What the administrator types: parsing, settings, wiring and messages; no rule of synchronisation. Start at {@link dev.twinbox.cli.Main}. */
@NullMarked
package dev.twinbox.cli;

import org.jspecify.annotations.NullMarked;
