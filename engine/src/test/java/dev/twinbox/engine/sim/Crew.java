package dev.twinbox.engine.sim;

import dev.twinbox.engine.session.Threads;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Threads that are used again: making one takes longer than a run of two small accounts. Safe for use by several threads. */
final class Crew implements Threads {
    private final Deque<Worker> idle = new ArrayDeque<>();

    @Override
    public Running start(String name, Runnable task) {
        Worker worker = pick();
        Job job = new Job(worker, task);
        worker.take(job);
        return job;
    }

    private Worker pick() {
        synchronized (idle) {
            Worker worker = idle.poll();
            if (worker != null) {
                return worker;
            }
        }
        Worker worker = new Worker();
        Thread thread = new Thread(worker, "crew");
        worker.thread = thread;
        thread.setDaemon(true);
        thread.start();
        return worker;
    }

    /** Lets all threads end that have nothing to do. */
    void goHome() {
        synchronized (idle) {
            idle.forEach(worker -> worker.take(null));
            idle.clear();
        }
    }

    private static final class Job implements Running {
        private final Worker worker;
        private final Runnable task;
        private boolean ended;

        Job(Worker worker, Runnable task) {
            this.worker = worker;
            this.task = task;
        }

        @Override
        public synchronized void join() throws InterruptedException {
            while (!ended) {
                wait();
            }
        }

        @Override
        public synchronized void interrupt() {
            Thread thread = worker.thread;
            if (!ended && thread != null) {
                thread.interrupt();
            }
        }

        void perform() {
            try {
                task.run();
            } finally {
                synchronized (this) {
                    ended = true;
                    Thread.interrupted(); // an interruption was meant for the task, not for the next one
                    notifyAll();
                }
            }
        }
    }

    private final class Worker implements Runnable {
        private @Nullable Thread thread;
        private @Nullable Job next;
        private boolean called;

        synchronized void take(@Nullable Job job) {
            next = job;
            called = true;
            notifyAll();
        }

        private synchronized @Nullable Job await() throws InterruptedException {
            while (!called) {
                wait();
            }
            called = false;
            return next;
        }

        @Override
        public void run() {
            try {
                for (Job job = await(); job != null; job = await()) {
                    job.perform();
                    synchronized (idle) {
                        idle.push(this);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
