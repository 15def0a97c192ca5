/**
 * Everything that is printed: messages and progress on standard error, plans, tables and JSON on standard output. Entry:
 * {@link dev.twinbox.cli.output.Messages}.
 */
@NullMarked
package dev.twinbox.cli.output;

import org.jspecify.annotations.NullMarked;
