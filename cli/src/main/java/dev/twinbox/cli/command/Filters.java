package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.config.Settings;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.session.MailboxFilter;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns {@code -m}, {@code -g} and {@code -x} into the engine's terms. Pure. */
final class Filters {
    private Filters() {}

    /**
     * @param separator between the levels of names as the administrator writes them
     */
    static MailboxFilter of(CommandOptions options, char separator, Settings settings) throws Refusal {
        String only = options.mailbox();
        List<String> excluded = new ArrayList<>();
        for (String mask : options.excluded()) {
            if (mask.startsWith("\\")) {
                excluded.addAll(settings.specialUse(mask));
            } else {
                excluded.add(mask.replace(separator, '/'));
            }
        }
        return new MailboxFilter(
                only == null ? null : named(only, separator, settings), options.mailboxGuid(), excluded);
    }

    /** A mailbox's name, or as with {@code -x} a special use such as {@code \Sent}. */
    private static Set<MailboxName> named(String name, char separator, Settings settings) throws Refusal {
        Set<MailboxName> names = new HashSet<>();
        if (name.startsWith("\\")) {
            for (String holder : settings.specialUse(name)) {
                names.add(mailbox("-m", holder, '/'));
            }
        } else {
            names.add(mailbox("-m", name, separator));
        }
        return names;
    }

    /**
     * @param option for messages
     */
    static MailboxName mailbox(String option, String name, char separator) throws Refusal {
        try {
            // Where names are separated by dots, no name can hold a slash: it is meant as a separator.
            return MailboxName.parse(
                    separator == '.' ? name.replace('.', '/') : name, separator == '.' ? '/' : separator);
        } catch (IllegalArgumentException e) {
            throw Refusal.temporary(option + " '" + name + "': " + e.getMessage());
        }
    }
}
