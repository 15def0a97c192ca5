/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.cli.command;

import org.jspecify.annotations.NullMarked;
