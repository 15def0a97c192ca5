package dev.twinbox.cli.command;

import dev.twinbox.cli.args.WireChoices;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.transport.twin.Pace;
import dev.twinbox.transport.twin.Ticker;
import dev.twinbox.transport.twin.TwinSettings;
import java.util.concurrent.TimeUnit;

/** How this program speaks its own protocol. */
final class Twins {
    private Twins() {}

    static TwinSettings settings(WireChoices choices, Clock clock) {
        boolean unlimited = choices.bytesPerSecond() == 0 && choices.mailsPerSecond() == 0;
        Pace pace = unlimited
                ? Pace.UNLIMITED
                : Pace.of(choices.bytesPerSecond(), choices.mailsPerSecond(), new ClockTicker(clock));
        return new TwinSettings(TwinSettings.LEVEL_DEFAULT, TwinSettings.BRANCHES_MAX, pace);
    }

    private record ClockTicker(Clock clock) implements Ticker {
        @Override
        public long nanos() {
            return clock.monotonicNanos();
        }

        @Override
        public void pause(long nanos) throws InterruptedException {
            clock.sleepMillis(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
