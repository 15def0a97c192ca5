package dev.twinbox.cli.command;

import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.output.Output;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.StandardInput;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * All that a command touches of the world.
 *
 * @param arguments the whole command line, for messages and for running again as somebody else
 * @param calledAs the program's name
 * @param environment the process's
 * @param cwd absolute path of the current folder
 * @param input standard input
 * @param terminal whether standard error is a terminal
 */
public record Context(
        List<String> arguments,
        String calledAs,
        Map<String, String> environment,
        String cwd,
        InputStream input,
        boolean terminal,
        Disk disk,
        Clock clock,
        Host host,
        Engine engine,
        Messages messages,
        Output output,
        Interruption interruption) {

    /** The same, with other messages. */
    Context with(Messages others) {
        return new Context(
                arguments,
                calledAs,
                environment,
                cwd,
                input,
                terminal,
                disk,
                clock,
                host,
                engine,
                others,
                output,
                interruption);
    }

    /** For a command that somebody elsewhere has handed over: nothing of it is shown here but messages. */
    Context handedOver(Messages others, Output otherOutput, Interruption otherInterruption) {
        return new Context(
                arguments,
                calledAs,
                environment,
                cwd,
                InputStream.nullInputStream(),
                false,
                disk,
                clock,
                host,
                engine,
                others,
                otherOutput,
                otherInterruption);
    }

    /** The same, with other ways in and out. */
    public Context with(InputStream otherInput, Output otherOutput) {
        return new Context(
                arguments,
                calledAs,
                environment,
                cwd,
                otherInput,
                terminal,
                disk,
                clock,
                host,
                engine,
                messages,
                otherOutput,
                interruption);
    }

    /** The context of a real process. */
    public static Context ofProcess(
            List<String> arguments,
            Map<String, String> environment,
            Disk disk,
            Clock clock,
            Host host,
            Messages messages,
            Output output,
            Interruption interruption) {
        return new Context(
                arguments,
                environment.getOrDefault("TWINBOX_ARGV0", "twinbox"),
                environment,
                System.getProperty("user.dir", "/"),
                // Not System.in: whoever reads that cannot be woken up when the run is to end.
                new StandardInput(),
                "1".equals(environment.get("TWINBOX_TTY")),
                disk,
                clock,
                host,
                new LocalEngine(disk, clock, host),
                messages,
                output,
                interruption);
    }
}
