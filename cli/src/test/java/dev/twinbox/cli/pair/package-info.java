/** Tests of who is trusted. */
@NullMarked
package dev.twinbox.cli.pair;

import org.jspecify.annotations.NullMarked;
