/** What the tests of the command line share. */
@NullMarked
package dev.twinbox.cli;

import org.jspecify.annotations.NullMarked;
