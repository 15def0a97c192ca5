/** How the program ends: exit codes and the one exception that carries them. Used by every package of the command line. */
@NullMarked
package dev.twinbox.cli.exit;

import org.jspecify.annotations.NullMarked;
