/** Tests of what is remembered between runs. */
@NullMarked
package dev.twinbox.engine.state;

import org.jspecify.annotations.NullMarked;
