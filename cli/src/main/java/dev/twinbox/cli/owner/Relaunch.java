package dev.twinbox.cli.owner;

import dev.twinbox.cli.config.Passwd;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileOwner;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the same command again as another user, by util-linux's {@code setpriv}, with our input and output. */
public final class Relaunch {
    private static final int OTHERS_MAY_ENTER = 0001;
    private static final int OTHERS_MAY_READ = 0004;
    private static final List<String> KEPT =
            List.of("PATH", "HOME", "USER", "LOGNAME", "TZ", "TERM", "LANG", "LC_ALL", "JAVA_HOME");
    private static final String OWN_PREFIX = "TWINBOX_";

    private final Disk disk;
    private final Map<String, String> environment;
    private final boolean keepEnvironment;

    /**
     * @param keepEnvironment give the child all of it, not only what Twinbox itself knows
     */
    public Relaunch(Disk disk, Map<String, String> environment, boolean keepEnvironment) {
        this.disk = disk;
        this.environment = environment;
        this.keepEnvironment = keepEnvironment;
    }

    /**
     * Starts the child and waits for it.
     *
     * @param arguments of the child
     * @param output what is to get the child's output; null for our own standard output
     * @param started told of the child, so that it can be ended when we are
     * @return the child's exit code
     */
    public int run(FileOwner owner, List<String> arguments, @Nullable OutputStream output, Consumer<Process> started)
            throws Refusal, InterruptedException {
        String launcher = environment.get("TWINBOX_LAUNCHER");
        if (launcher == null || !launcher.startsWith("/")) {
            throw refuse("start Twinbox by its launcher bin/twinbox, or run it as user id " + owner.user());
        }
        ProcessBuilder builder = new ProcessBuilder(command(owner, launcher, arguments)).inheritIO();
        if (output != null) {
            builder.redirectOutput(ProcessBuilder.Redirect.PIPE);
        }
        if (!keepEnvironment) {
            builder.environment().keySet().removeIf(name -> !KEPT.contains(name) && !name.startsWith(OWN_PREFIX));
        }
        builder.environment().remove("TWINBOX_CONFIG");
        Process child;
        try {
            checkReadable(DiskPath.of(launcher), owner);
            child = builder.start();
        } catch (IOException e) {
            throw refuse("cannot become user id " + owner.user() + ": " + e.getMessage()
                    + " (setpriv of util-linux is needed)");
        }
        started.accept(child);
        if (output != null) {
            keep(child, output);
        }
        return child.waitFor();
    }

    private static void keep(Process child, OutputStream output) throws Refusal {
        try {
            child.getInputStream().transferTo(output);
        } catch (IOException e) {
            throw Refusal.temporary("cannot read what the command says: " + e.getMessage());
        }
    }

    List<String> command(FileOwner owner, String launcher, List<String> arguments) throws Refusal {
        List<String> command = new ArrayList<>();
        command.add("setpriv");
        command.add("--reuid=" + owner.user());
        try {
            Passwd.Entry entry = Passwd.byUid(disk, owner.uid());
            command.add("--regid=" + (entry == null ? owner.group() : Integer.toUnsignedString(entry.gid())));
            command.add(entry == null ? "--clear-groups" : "--init-groups");
        } catch (IOException e) {
            throw refuse("cannot look up user id " + owner.user() + ": " + e.getMessage());
        }
        command.add("--");
        command.add(launcher);
        command.addAll(arguments);
        return command;
    }

    /** Otherwise the child would only say that a class is missing. */
    private void checkReadable(DiskPath launcher, FileOwner owner) throws IOException, Refusal {
        boolean good = (disk.mode(launcher) & OTHERS_MAY_READ) != 0;
        for (DiskPath at = launcher.parent(); good && !at.equals(at.parent()); at = at.parent()) {
            good = (disk.mode(at) & OTHERS_MAY_ENTER) != 0 || disk.owner(at).uid() == owner.uid();
        }
        if (!good) {
            throw refuse("the mail belongs to user id " + owner.user() + ", who cannot read Twinbox itself at "
                    + launcher + ": install Twinbox where every user can read it, such as /opt");
        }
    }

    private static Refusal refuse(String message) {
        return new Refusal(ExitCode.NO_PERMISSION, message);
    }
}
