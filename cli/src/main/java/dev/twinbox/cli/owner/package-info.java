/** Keeps root out of users' mail: who owns a location, and running again as that owner. Entry: {@link dev.twinbox.cli.owner.OwnerRule}. */
@NullMarked
package dev.twinbox.cli.owner;

import org.jspecify.annotations.NullMarked;
