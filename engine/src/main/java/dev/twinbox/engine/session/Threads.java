package dev.twinbox.engine.session;

/** Where the parts of a run that go on at the same time get their threads from. Safe for use by several threads. */
public interface Threads {
    /** A new thread each time, which does not keep the program from ending. */
    Threads NEW = new Threads() {
        @Override
        public Running start(String name, Runnable task) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
            return new Running() {
                @Override
                public void join() throws InterruptedException {
                    thread.join();
                }

                @Override
                public void interrupt() {
                    thread.interrupt();
                }
            };
        }
    };

    /** Something that has begun. */
    interface Running {
        /**
         * Waits until it has ended.
         *
         * @throws InterruptedException if the waiting thread was interrupted; the task goes on then
         */
        void join() throws InterruptedException;

        /** Interrupts the thread it runs in, if it has not ended. */
        void interrupt();
    }

    /**
     * Begins a task at once, in a thread that does nothing else till it ends; tasks may wait for each other.
     *
     * @param name for the thread, of use in a thread dump
     * @param task must not throw
     */
    Running start(String name, Runnable task);
}
