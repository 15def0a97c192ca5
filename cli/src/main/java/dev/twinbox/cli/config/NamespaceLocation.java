package dev.twinbox.cli.config;

import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/**
 * One namespace of an account, as the settings have it.
 *
 * @param prefix as it is written, such as {@code Archive/}; empty for none
 * @param levels the same as levels, null for none
 * @param inbox whether INBOX is its
 * @param isPrivate whether it is the user's alone: neither public nor shared
 * @param visible whether {@code -N} takes it: users see it, and it is not another one's second name
 * @param aliasFor the prefix of the namespace that this one is another name of; null if it is none
 * @param ownSubscriptions whether it keeps its own subscriptions
 * @param location where it lies; null if this version cannot open it
 * @param trouble why it cannot; null if it can
 * @param chosen whether it takes part in the run
 */
public record NamespaceLocation(
        String prefix,
        @Nullable MailboxName levels,
        boolean inbox,
        boolean isPrivate,
        boolean visible,
        @Nullable String aliasFor,
        boolean ownSubscriptions,
        @Nullable Location location,
        @Nullable String trouble,
        boolean chosen) {
    NamespaceLocation chosen(boolean now) {
        return new NamespaceLocation(
                prefix, levels, inbox, isPrivate, visible, aliasFor, ownSubscriptions, location, trouble, now);
    }

    /** For messages. */
    String describe() {
        return prefix.isEmpty() ? "with no prefix" : "'" + prefix + "'";
    }
}
