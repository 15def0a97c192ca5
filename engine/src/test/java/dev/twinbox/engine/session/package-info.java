/** Tests of the package of the same name. */
@NullMarked
package dev.twinbox.engine.session;

import org.jspecify.annotations.NullMarked;
