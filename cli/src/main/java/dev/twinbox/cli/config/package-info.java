/**
 * Settings from options, environment and file, the user they are for, and what becomes of them: a mail location. Entry:
 * {@link dev.twinbox.cli.config.Settings}.
 */
@NullMarked
package dev.twinbox.cli.config;

import org.jspecify.annotations.NullMarked;
