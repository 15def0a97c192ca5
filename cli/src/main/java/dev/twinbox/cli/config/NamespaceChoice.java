package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.DiskPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which namespaces take part in a run: those of {@code -n}, or with {@code -N} all that users see, or else the one of INBOX.
 *
 * @param prefixes {@code -n}, as they were typed
 * @param all {@code -N}; {@code -n} beats it, as in Dovecot
 */
public record NamespaceChoice(List<String> prefixes, boolean all) {
    public NamespaceChoice {
        prefixes = List.copyOf(prefixes);
    }

    /**
     * The account with what was chosen of it. A prefix that no namespace has stands for the namespace in which names with it
     * lie, as in Dovecot, and the administrator is told.
     *
     * @param warning hears what is odd
     * @throws Refusal if a namespace that was chosen cannot be opened, or those that were chosen cannot be synced together
     */
    public Location of(Location own, Consumer<String> warning) throws Refusal {
        Set<NamespaceLocation> wanted = new HashSet<>();
        if (own.namespaces().isEmpty()) {
            for (String prefix : prefixes) {
                if (!prefix.isEmpty()) {
                    warning.accept("-n " + prefix + ": no such namespace: the account is one namespace with the empty"
                            + " prefix, and that is taken; -m and -x choose mailboxes");
                }
            }
            return own;
        }
        for (String prefix : prefixes) {
            wanted.add(named(own, prefix, warning));
        }
        for (NamespaceLocation namespace : prefixes.isEmpty() ? own.namespaces() : List.<NamespaceLocation>of()) {
            if (all ? namespace.visible() && !isRootOfShared(namespace, warning) : namespace.inbox()) {
                wanted.add(namespace);
            }
        }
        List<NamespaceLocation> parts = new ArrayList<>();
        for (NamespaceLocation namespace : own.namespaces()) {
            String trouble = namespace.trouble();
            if (trouble != null && wanted.contains(namespace)) {
                throw Refusal.temporary("the namespace " + namespace.describe() + " cannot be synced: " + trouble
                        + (all ? "; choose others with -n" : ""));
            }
            parts.add(namespace.chosen(wanted.contains(namespace)));
        }
        checkTogether(parts);
        return Location.of(parts);
    }

    /** Users whose mail is shared would be namespaces of their own; of those none is known here. */
    private static boolean isRootOfShared(NamespaceLocation namespace, Consumer<String> warning) {
        if (namespace.prefix().indexOf('%') < 0) {
            return false;
        }
        warning.accept("the namespace " + namespace.describe() + " is left out: mail that other users share is not in"
                + " this version");
        return true;
    }

    private static NamespaceLocation named(Location own, String prefix, Consumer<String> warning) throws Refusal {
        NamespaceLocation holder = null;
        for (NamespaceLocation namespace : own.namespaces()) {
            String alias = namespace.aliasFor();
            if (namespace.prefix().equals(prefix)) {
                return alias == null || alias.equals(prefix) ? namespace : named(own, alias, warning);
            }
            if (prefix.startsWith(namespace.prefix())
                    && alias == null
                    && (holder == null
                            || namespace.prefix().length() > holder.prefix().length())) {
                holder = namespace;
            }
        }
        if (holder == null) {
            throw Refusal.temporary("-n " + prefix + ": no such namespace");
        }
        warning.accept("-n " + prefix + ": no such namespace; the one " + holder.describe() + " is taken, in which such"
                + " names lie");
        return holder;
    }

    private static void checkTogether(List<NamespaceLocation> parts) throws Refusal {
        Map<DiskPath, NamespaceLocation> places = new HashMap<>();
        NamespaceLocation first = null;
        for (NamespaceLocation part : parts) {
            Location at = part.location();
            if (!part.chosen() || at == null) {
                continue;
            }
            NamespaceLocation other = places.put(at.account().root(), part);
            if (other != null) {
                throw Refusal.configuration(
                        "the namespaces " + other.describe() + " and " + part.describe()
                                + " lie in the same place: choose one with -n, or make one of them the other's alias (alias_for)");
            }
            Location one = first == null ? at : first.location();
            if (one != null && one.account().separator() != at.account().separator()) {
                throw Refusal.configuration("namespaces that are synced together must have the same separator, but the"
                        + " one " + part.describe() + " has '" + at.account().separator() + "'; choose with -n");
            }
            first = first == null ? part : first;
        }
    }

    /** The prefixes of what was chosen, for the other end. */
    public static List<String> prefixes(Location own) {
        List<String> found = new ArrayList<>();
        for (NamespaceLocation namespace : own.namespaces()) {
            if (namespace.chosen()) {
                found.add(namespace.prefix());
            }
        }
        return found.isEmpty() ? List.of("") : found;
    }
}
