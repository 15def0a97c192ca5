/**
 * The file-system port: the only package that touches files, and the locks that are made of files.
 *
 * <p>Names are bytes ({@link dev.twinbox.engine.disk.DiskPath}), because a mail store's are; {@code RealDisk} alone knows
 * how Java has to be persuaded of that. Start at {@link dev.twinbox.engine.disk.Disk}.
 */
@NullMarked
package dev.twinbox.engine.disk;

import org.jspecify.annotations.NullMarked;
