/** Tests of whole runs. */
@NullMarked
package dev.twinbox.engine.session;

import org.jspecify.annotations.NullMarked;
