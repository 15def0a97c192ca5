package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.config.Settings;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.session.MailboxFilter;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.List;

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
        return new MailboxFilter(only == null ? null : mailbox(only, separator), options.mailboxGuid(), excluded);
    }

    static MailboxName mailbox(String name, char separator) throws Refusal {
        try {
            // Where names are separated by dots, no name can hold a slash: it is meant as a separator.
            return MailboxName.parse(
                    separator == '.' ? name.replace('.', '/') : name, separator == '.' ? '/' : separator);
        } catch (IllegalArgumentException e) {
            throw Refusal.temporary("-m '" + name + "': " + e.getMessage());
        }
    }
}
