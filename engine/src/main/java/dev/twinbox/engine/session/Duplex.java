package dev.twinbox.engine.session;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Speaks and listens at the same time: the rule that keeps two peers with long lists from waiting for each other for ever.
 * The listener gets a thread of its own as soon as speaking would have to wait; if it never has to, as with short lists
 * within one process, listening comes after speaking and no thread is made. Both have ended when this returns.
 */
final class Duplex {
    private Duplex() {}

    /** One half. */
    interface Half {
        void run() throws IOException;
    }

    /**
     * Runs both halves. The first failure of either ends the conversation, so that the other half ends too, and is thrown.
     *
     * @param speak the only half that sends
     */
    static void run(Conversation talk, Half speak, Half listen) throws IOException {
        AtomicReference<Throwable> first = new AtomicReference<>();
        AtomicReference<Threads.@Nullable Running> listener = new AtomicReference<>();
        Runnable listening = new Runnable() {
            @Override
            public void run() {
                guarded(talk, listen, first, "receiving");
            }
        };
        talk.beforeWaiting(new Runnable() {
            @Override
            public void run() {
                String name = Thread.currentThread().getName() + "-listener";
                listener.set(talk.threads().start(name, new Runnable() {
                    @Override
                    public void run() {
                        talk.besides(listening);
                    }
                }));
            }
        });
        guarded(talk, speak, first, "sending");
        talk.beforeWaiting(null);
        Threads.Running running = listener.get();
        if (running != null) {
            talk.await(running);
        } else if (first.get() == null) {
            listening.run();
        }
        Failures.rethrow(first.get());
    }

    /** What fails after the first failure is only its echo. */
    private static void guarded(Conversation talk, Half half, AtomicReference<Throwable> first, String doing) {
        try {
            half.run();
        } catch (IOException | RuntimeException | Error e) {
            if (first.compareAndSet(null, e)) {
                talk.abort("this side failed while " + doing);
            }
        }
    }
}
