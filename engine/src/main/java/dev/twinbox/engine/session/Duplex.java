package dev.twinbox.engine.session;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks and listens at the same time: the rule that keeps two peers with long lists from waiting for each other for ever.
 * The listener runs in a thread of its own; both have ended when this returns.
 */
final class Duplex {
    private Duplex() {}

    /** One half. */
    interface Half {
        void run() throws IOException;
    }

    /**
     * Runs both halves. The first failure of either ends the conversation, so that the other half ends too, and is thrown.
     */
    static void run(Conversation talk, Half speak, Half listen) throws IOException {
        Listener listener = new Listener(talk, listen);
        Thread thread = new Thread(listener, Thread.currentThread().getName() + "-listener");
        thread.setDaemon(true);
        thread.start();
        IOException failure = null;
        boolean spoken = false;
        try {
            speak.run();
            spoken = true;
        } catch (IOException e) {
            failure = e;
        } finally {
            if (!spoken) {
                talk.abort("this side failed while sending");
            }
            join(thread);
        }
        if (listener.error != null) {
            throw listener.error;
        }
        if (listener.failure != null) {
            if (failure == null || failure instanceof dev.twinbox.protocol.dialogue.PeerException) {
                throw listener.failure;
            }
            failure.addSuppressed(listener.failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static final class Listener implements Runnable {
        private final Conversation talk;
        private final Half half;
        private volatile @Nullable IOException failure;
        private volatile @Nullable Error error;

        Listener(Conversation talk, Half half) {
            this.talk = talk;
            this.half = half;
        }

        @Override
        public void run() {
            try {
                half.run();
                return;
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                error = new AssertionError("bug in the listener", e);
            } catch (Error e) {
                error = e;
            }
            talk.abort("this side failed while receiving");
        }
    }
}
