/** The commands, each wiring stores, engine and output together. Entry: {@link dev.twinbox.cli.command.Commands}. */
@NullMarked
package dev.twinbox.cli.command;

import org.jspecify.annotations.NullMarked;
