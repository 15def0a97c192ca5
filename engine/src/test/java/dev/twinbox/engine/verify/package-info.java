/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.engine.verify;

import org.jspecify.annotations.NullMarked;
