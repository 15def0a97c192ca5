/** Tests of who speaks what. */
@NullMarked
package dev.twinbox.transport.greeting;

import org.jspecify.annotations.NullMarked;
