/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.cli.owner;

import org.jspecify.annotations.NullMarked;
