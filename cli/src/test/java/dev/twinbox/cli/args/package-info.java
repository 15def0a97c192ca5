/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.cli.args;

import org.jspecify.annotations.NullMarked;
