@NullMarked
package dev.twinbox.cli.convert;

import org.jspecify.annotations.NullMarked;
