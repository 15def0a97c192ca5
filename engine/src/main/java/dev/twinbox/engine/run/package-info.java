/** Ports to what is neither mail nor disk: time, and the process and host this runs as. */
@NullMarked
package dev.twinbox.engine.run;

import org.jspecify.annotations.NullMarked;
