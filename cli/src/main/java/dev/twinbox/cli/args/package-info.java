/**
 * The command line in doveadm's manner: a getopt of our own (a library costs more than the rest of the start), and typed
 * arguments. Pure. Entry: {@link dev.twinbox.cli.args.CommandLine}.
 */
@NullMarked
package dev.twinbox.cli.args;

import org.jspecify.annotations.NullMarked;
