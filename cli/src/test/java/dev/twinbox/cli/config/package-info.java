/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.cli.config;

import org.jspecify.annotations.NullMarked;
