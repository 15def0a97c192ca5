package dev.twinbox.cli;

import dev.twinbox.cli.command.Commands;
import dev.twinbox.cli.command.Context;
import dev.twinbox.cli.command.Interruption;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.output.Output;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.disk.StandardOutput;
import dev.twinbox.engine.disk.SystemHost;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.SystemClock;
import java.util.List;

/** The program. Started by {@code bin/twinbox}, which says by environment variables what Java cannot find out cheaply. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Interruption interruption = new Interruption(Thread.currentThread());
        interruption.install();
        int code = run(List.of(arguments), interruption);
        interruption.ended(code);
        System.exit(code);
    }

    /** Runs one command; returns its exit code. */
    static int run(List<String> arguments, Interruption interruption) {
        return Commands.run(context(arguments, interruption));
    }

    /** All that a command of this process touches. */
    static Context context(List<String> arguments, Interruption interruption) {
        Clock clock = new SystemClock();
        return Context.ofProcess(
                arguments,
                System.getenv(),
                new RealDisk(clock),
                clock,
                new SystemHost(),
                new Messages(System.err),
                // Not System.out for a peer: whoever writes to that cannot be woken up when the run is to end.
                new Output(System.out, new StandardOutput()),
                interruption);
    }
}
