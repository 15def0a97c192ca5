/** Time and host that tests control. */
@NullMarked
package dev.twinbox.engine.run;

import org.jspecify.annotations.NullMarked;
