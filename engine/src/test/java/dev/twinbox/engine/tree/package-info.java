/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.engine.tree;

import org.jspecify.annotations.NullMarked;
