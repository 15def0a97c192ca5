package dev.twinbox.engine.session;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the threads of one end work one at a time. Whoever works holds it, whoever waits for the other end gives it up, so
 * that many mailboxes are under way at once and nothing that they share needs any other protection.
 */
final class Baton {
    private final ReentrantLock lock = new ReentrantLock();

    /** Waits until it is free, and holds it. */
    void take() {
        lock.lock();
    }

    /** Only by the thread that holds it. */
    void giveUp() {
        lock.unlock();
    }
}
