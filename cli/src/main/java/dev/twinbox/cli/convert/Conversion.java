package dev.twinbox.cli.convert;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;

/**
 * Moves a user's mail while it is in use, as doveadm-sync(1) tells it under CONVERTING: copy, copy again what changed
 * meanwhile, switch the user's location, end the sessions of before, take over the last changes, look whether all is there.
 *
 * <p>Every stage is on record before it begins, so that a call that was cut off goes on where it was. Before the switch the new
 * mailboxes are made like the old ones; from the moment the switch was begun nothing is ever taken away from them. The old
 * mailboxes are only read. A step that fails ends the call.
 */
public final class Conversion {
    private final Steps steps;
    private final Choices choices;
    private ConversionRecord record;

    /**
     * How it is to be done.
     *
     * @param rounds most copies before the switch in one call
     * @param smallSeconds a copy that takes no longer leaves little for the end
     * @param switches whether there is a command that switches
     * @param switched whether the location has been switched by hand
     * @param kicks whether there is a command that ends sessions
     */
    public record Choices(int rounds, int smallSeconds, boolean switches, boolean switched, boolean kicks) {}

    /** Begins, or goes on. */
    public Conversion(Steps steps, Choices choices, ConversionRecord record) {
        this.steps = steps;
        this.choices = choices;
        this.record = record;
    }

    /** Goes as far as it can; returns the exit code. */
    public int run() throws Refusal, InterruptedException {
        if (choices.switched() && record.stage().compareTo(Stage.KICK) < 0) {
            if (record.rounds() == 0) {
                throw Refusal.usage("convert: --switched, but nothing was copied yet: convert without it first");
            }
            remember(Stage.KICK);
        }
        while (record.stage() != Stage.DONE) {
            Stage before = record.stage();
            int code = step(before);
            if (code != ExitCode.OK || record.stage() == before) {
                return code;
            }
        }
        steps.say("done: all of " + record.from() + " is in " + record.to());
        return ExitCode.OK;
    }

    private int step(Stage stage) throws Refusal, InterruptedException {
        return switch (stage) {
            case COPY -> copy();
            case READY -> ready();
            case SWITCH -> switchLocation();
            case KICK -> kick();
            case FINAL -> merge();
            case CHECK -> check();
            case DONE -> ExitCode.OK;
        };
    }

    private int copy() throws Refusal, InterruptedException {
        remember(Stage.COPY);
        long took;
        int code;
        int done = 0;
        do {
            long begun = steps.seconds();
            code = steps.copy(record.rounds() == 0);
            took = steps.seconds() - begun;
            if (code != ExitCode.OK && code != ExitCode.DIFFERENT) {
                steps.say("the copy failed (exit code " + code + "); nothing was switched");
                return code;
            }
            record = record.afterRound(took);
            remember(Stage.COPY);
            done++;
            steps.say("copy " + record.rounds() + " took " + took + " s");
        } while ((took > choices.smallSeconds() || code == ExitCode.DIFFERENT) && done < choices.rounds());
        if (took > choices.smallSeconds()) {
            steps.say("a copy still takes more than " + choices.smallSeconds() + " s; going on all the same");
        }
        if (code == ExitCode.DIFFERENT) {
            steps.say(
                    "the mail never stood still: what the last copy missed is taken over in the end, and gets new UIDs"
                            + " if later mails were copied already");
        }
        remember(Stage.READY);
        return ExitCode.OK;
    }

    private int ready() throws Refusal, InterruptedException {
        if (!choices.switches()) {
            int code = steps.compare();
            steps.say(
                    code == ExitCode.OK
                            ? "copied and compared: the same. Switch the user's location to " + record.to()
                                    + ", then run this again with --switched"
                            : "copied, but not the same now: run this again, or if mail comes in all the time,"
                                    + " switch the user's location and run this with --switched");
            return code;
        }
        remember(Stage.SWITCH);
        return ExitCode.OK;
    }

    private int switchLocation() throws Refusal, InterruptedException {
        if (!choices.switches()) {
            throw Refusal.usage("convert: the switch was begun and nobody knows how it ended: run this again with"
                    + " --switch-cmd, or with --switched once the user's location is " + record.to());
        }
        int code = steps.switchLocation();
        if (code != 0) {
            steps.say("the command that switches ended with " + code + ": not going on; mend it and run this again");
            return ExitCode.TEMPORARY;
        }
        remember(Stage.KICK);
        return ExitCode.OK;
    }

    private int kick() throws Refusal, InterruptedException {
        steps.settle();
        if (choices.kicks()) {
            int code = steps.kick();
            if (code != 0) {
                steps.say("the command that ends sessions ended with " + code
                        + ": not going on; mend it and run this again");
                return ExitCode.TEMPORARY;
            }
        } else {
            steps.say("no --kick-cmd: see to it that no session of before uses " + record.from() + " any more");
        }
        remember(Stage.FINAL);
        return ExitCode.OK;
    }

    private int merge() throws Refusal, InterruptedException {
        int code = steps.merge();
        if (code != ExitCode.OK) {
            steps.say("the last changes were not all taken over (exit code " + code + "): run this again");
            return code;
        }
        remember(Stage.CHECK);
        return ExitCode.OK;
    }

    private int check() throws Refusal, InterruptedException {
        int code = steps.lookForAll();
        if (code != ExitCode.OK) {
            steps.say("not all of " + record.from() + " is in " + record.to()
                    + ", see above: keep the old one; run this again to take over what came later");
            remember(Stage.FINAL);
            return code;
        }
        remember(Stage.DONE);
        return ExitCode.OK;
    }

    private void remember(Stage stage) throws Refusal {
        record = record.at(stage);
        steps.remember(record);
    }
}
