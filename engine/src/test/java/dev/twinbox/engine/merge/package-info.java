/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.engine.merge;

import org.jspecify.annotations.NullMarked;
