/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.cli.output;

import org.jspecify.annotations.NullMarked;
