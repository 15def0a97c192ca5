/** Disks for tests: in memory with power losses, and with faults on demand. Published in the test jar. */
@NullMarked
package dev.twinbox.engine.disk;

import org.jspecify.annotations.NullMarked;
