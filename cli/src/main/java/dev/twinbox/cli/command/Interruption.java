package dev.twinbox.cli.command;

import dev.twinbox.cli.exit.ExitCode;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * SIGTERM, SIGINT and SIGHUP: the run is interrupted and given a moment to put its locks away, then the program ends with
 * the exit code for "try again". Safe for use by several threads.
 */
public final class Interruption {
    /** How long a run may take to put its locks away, seconds. */
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread worker;
    private volatile @Nullable Process child;
    private volatile @Nullable Runnable cut;
    private volatile boolean interrupted;
    private volatile int exitCode = ExitCode.TEMPORARY;

    /**
     * @param worker the thread to interrupt
     */
    public Interruption(Thread worker) {
        this.worker = worker;
    }

    /** Asks the machine to tell us. */
    public void install() {
        Runtime.getRuntime().addShutdownHook(new Thread("shutdown") {
            @Override
            public void run() {
                onShutdown();
            }
        });
    }

    /** From now on a child does the work: it is told to end in the worker's place. */
    void childStarted(Process started) {
        child = started;
        // Whoever came between the child's start and this line has seen no child.
        if (interrupted) {
            started.destroy();
        }
    }

    /** From now on, besides, that is run: it cuts a link that the worker may wait for, which no interrupt reaches. */
    void cutting(Runnable link) {
        cut = link;
        if (interrupted) {
            link.run();
        }
    }

    /** The work is over; what comes now is a normal exit. */
    public synchronized void ended(int code) {
        exitCode = code;
        ended.countDown();
    }

    /** Interrupts the work; returns false if it was over. From its end on nobody is interrupted any more. */
    boolean interrupt() {
        synchronized (this) {
            if (ended.getCount() == 0) {
                return false;
            }
            interrupted = true;
            Process running = child;
            if (running != null) {
                running.destroy();
            } else {
                worker.interrupt();
            }
        }
        Runnable link = cut;
        if (link != null) {
            // On a thread of its own: whatever it meets, the process is to end.
            Thread cutter = new Thread(link, "cut");
            cutter.setDaemon(true);
            cutter.start();
        }
        return true;
    }

    private void onShutdown() {
        if (!interrupt()) {
            return;
        }
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                exitCode = ExitCode.TEMPORARY;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
