package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.config.Settings;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.engine.session.MailFilter;
import dev.twinbox.engine.session.MailboxFilter;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns {@code -m}, {@code -g} and {@code -x} into the engine's terms. Pure. */
final class Filters {
    private Filters() {}

    /** What the engine is asked in a run of one's own account. */
    static SyncOptions syncOptions(
            Context context, CommandOptions options, Settings settings, Location own, SyncType type, SyncState state)
            throws Refusal {
        char separator = own.account().separator();
        String all = options.allMailbox();
        return new SyncOptions(
                type,
                of(options, separator, settings),
                options.mails(),
                options.noMailSync(),
                options.dryRun(),
                options.deleteLimit(),
                context.host().name(),
                state,
                all == null ? null : mailbox("-a", all, separator));
    }

    /**
     * What an initiator's handshake asks of this account. It spells names with a separator that it has not said yet, so
     * that each one there may be is tried.
     *
     * @throws NotPossibleException if it asks for what cannot be done
     */
    static SyncOptions answer(Handshake asked, String hostname, Location own, Settings settings) throws IOException {
        try {
            char separator = own.account().separator();
            String only = asked.mailbox();
            Set<MailboxName> names = null;
            if (only != null) {
                names = new HashSet<>(named(only, separator, settings));
                names.addAll(named(only, '.', settings));
                names.addAll(named(only, '/', settings));
            }
            List<String> excluded = new ArrayList<>();
            for (String mask : asked.excluded()) {
                if (mask.startsWith("\\")) {
                    excluded.addAll(settings.specialUse(mask));
                } else {
                    excluded.add(mask.replace(separator, '/'));
                    excluded.add(mask);
                }
            }
            String all = asked.allMailbox();
            SyncType type = asked.syncType();
            return new SyncOptions(
                    type == null ? SyncType.FULL : type,
                    new MailboxFilter(names, asked.mailboxGuid(), excluded),
                    new MailFilter(asked.sinceTime(), asked.untilTime(), asked.maxSize(), asked.flag()),
                    asked.noMailSync(),
                    asked.dryRun(),
                    DeleteLimit.heard(asked.deletions()),
                    hostname,
                    SyncState.EMPTY,
                    all == null ? null : mailbox("-a", all, separator));
        } catch (Refusal e) {
            throw new NotPossibleException(e.text());
        }
    }

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
