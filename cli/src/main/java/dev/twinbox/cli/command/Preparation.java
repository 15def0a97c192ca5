package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.GlobalOptions;
import dev.twinbox.cli.args.SettingArgument;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.config.Locations;
import dev.twinbox.cli.config.NamespaceChoice;
import dev.twinbox.cli.config.Settings;
import dev.twinbox.cli.config.User;
import dev.twinbox.cli.config.Users;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.owner.OwnerRule;
import dev.twinbox.cli.owner.Owners;
import dev.twinbox.cli.owner.Relaunch;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileOwner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What every command does before its own work: settings, user, locations, and whose they are. */
final class Preparation {
    private final Context context;
    private final CommandLine line;
    private final CommandOptions options;
    private final Settings settings;
    private final User user;
    private final Locations locations;

    /** Reads settings and finds the user. */
    Preparation(Context context, CommandLine line, CommandOptions options) throws Refusal {
        this.context = context;
        this.line = line;
        this.options = options;
        this.settings = Settings.load(line.global(), context.environment(), context.cwd(), context.disk());
        this.user =
                Users.resolve(options.user(), options.noUserLookup(), settings, context.environment(), context.disk());
        this.locations = new Locations(user, context.cwd(), context.disk());
        context.messages().setUser(user.name());
        for (String file : settings.passedOver()) {
            context.messages().warning("settings file " + file + " may not be read: going on without it");
        }
        for (String unknown : settings.unknownOptions()) {
            context.messages().warning("-o " + unknown + ": this setting means nothing to Twinbox");
        }
        for (String unknown : settings.unknownInFile()) {
            context.messages().debug(unknown + ": this setting means nothing to Twinbox");
        }
    }

    User user() {
        return user;
    }

    /** Whether the user was named on the command line. */
    boolean wasUserGiven() {
        return options.user() != null;
    }

    Settings settings() {
        return settings;
    }

    /** The user's own storage, {@code --from} or what the settings say: those of its namespaces that the options choose. */
    Location own() throws Refusal {
        String from = options.from();
        Location own = from == null ? remarked(locations.ofSettings(settings)) : from(from);
        if (own.namespaces().isEmpty() && options.namespaces().isEmpty()) {
            return own; // as nearly always
        }
        return new NamespaceChoice(options.namespaces(), options.allNamespaces()).of(own, context.messages()::warning);
    }

    /** A location to read from, given as a word. */
    Location from(String text) throws Refusal {
        return remarked(locations.parse(text, settings.forOtherLocation(List.of())));
    }

    /** The other location, given as a word. */
    Location other(String text) throws Refusal {
        Settings special = settings.forOtherLocation(options.destinationSettings());
        for (String unknown : special.unknownOptions()) {
            context.messages().warning("-p " + unknown + ": this setting means nothing to Twinbox");
        }
        return remarked(locations.parse(text, special));
    }

    private Location remarked(Location location) {
        for (String remark : location.remarks()) {
            context.messages().debug(remark);
        }
        return location;
    }

    /**
     * For a process that serves many and cannot run again as somebody else.
     *
     * @throws Refusal if we are root and the locations are somebody else's
     */
    void requireOwner(List<Location> places) throws Refusal {
        FileOwner owner = decide(places).become();
        if (owner != null) {
            throw new Refusal(
                    ExitCode.NO_PERMISSION,
                    "root does not touch users' mail: start serve as user id " + owner.user() + ", who owns it");
        }
    }

    private OwnerRule.Decision decide(List<Location> places) throws Refusal {
        OwnerRule.Decision decision;
        Disk disk = context.disk();
        try {
            int uid = Owners.myUid(disk);
            if (uid != 0) {
                return OwnerRule.decide(uid, List.of());
            }
            List<OwnerRule.Place> owned = new ArrayList<>();
            for (Location location : places) {
                for (DiskPath folder : location.ownFolders()) {
                    owned.add(new OwnerRule.Place(folder.toString(), Owners.of(disk, folder)));
                }
            }
            decision = OwnerRule.decide(uid, owned);
        } catch (IOException e) {
            throw IoTrouble.refusal(e);
        }
        if (decision.refusal() != null) {
            throw new Refusal(ExitCode.NO_PERMISSION, decision.refusal());
        }
        return decision;
    }

    /**
     * Runs the command as the owner of the locations, if we are root and it is somebody else.
     *
     * @return the exit code of that run; empty if we are to go on ourselves
     */
    OptionalInt runAsOwner(List<Location> places) throws Refusal, InterruptedException {
        OwnerRule.Decision decision = decide(places);
        FileOwner owner = decision.become();
        if (owner == null) {
            return OptionalInt.empty();
        }
        context.messages().debug("running again as user id " + owner.user() + ", who owns the mail");
        Relaunch relaunch = new Relaunch(
                context.disk(), context.environment(), line.global().keepEnvironment());
        return OptionalInt.of(relaunch.run(
                owner,
                sameCommand(),
                context.output().isKept() ? context.output() : null,
                context.interruption()::childStarted));
    }

    /** The command line again, without a settings file: the owner may not be able to read it. */
    private List<String> sameCommand() {
        GlobalOptions global = line.global();
        List<String> words = new ArrayList<>();
        if (global.debug()) {
            words.add("-D");
        }
        if (global.verbose()) {
            words.add("-v");
        }
        if (global.keepEnvironment()) {
            words.add("-k");
        }
        words.add("-O");
        for (String setting : settings.fromFile()) {
            words.add("-o");
            words.add(setting);
        }
        for (SettingArgument override : global.overrides()) {
            words.add("-o");
            words.add(override.name() + "=" + override.value());
        }
        words.add(line.command());
        words.addAll(line.words());
        return words;
    }
}
