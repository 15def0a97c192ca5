package dev.twinbox.cli.output;

import dev.twinbox.engine.run.Clock;

/**
 * How far a run is: on a terminal a bar with counts, rate and remaining time that is redrawn in place, elsewhere a line now
 * and then. Shows nothing at all of a run that is over at once. Safe for use by several threads.
 */
public final class Progress {
    /** How progress is shown. */
    public enum Style {
        NONE,
        BAR,
        LINES
    }

    /** Nothing is shown before a run is this old. */
    static final long FIRST_MILLIS = 300;

    /** Least time between two drawings of the bar. */
    static final long BAR_MILLIS = 100;

    /** Least time between two lines. */
    static final long LINE_MILLIS = 5000;

    private static final int BAR_WIDTH = 20;
    private static final int LABEL_WIDTH = 18;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Style style;
    private final Messages messages;
    private final Clock clock;
    private final long start;
    private long nextMillis;
    private int mailboxesTotal;
    private long mailsTotal;
    private int mailboxesDone;
    private long mailsDone;
    private long savedHere;
    private long bytes;
    private String mailbox = "";

    public Progress(Style style, Messages messages, Clock clock) {
        this.style = style;
        this.messages = messages;
        this.clock = clock;
        this.start = clock.monotonicNanos();
        this.nextMillis = style == Style.BAR ? FIRST_MILLIS : LINE_MILLIS;
    }

    /** Says how much there is. */
    public synchronized void total(int mailboxes, long mails) {
        mailboxesTotal = mailboxes;
        mailsTotal = mails;
    }

    /** A mail is through. */
    public synchronized void mail(String inMailbox, long size) {
        mailbox = inMailbox;
        savedHere++;
        bytes += size;
        show();
    }

    /** A mailbox with this many mails is through. */
    public synchronized void mailbox(String name, int mails) {
        mailbox = name;
        mailboxesDone++;
        mailsDone += mails;
        savedHere = 0;
        show();
    }

    /** Removes the bar. */
    public synchronized void end() {
        if (style == Style.BAR) {
            messages.status("");
        }
    }

    private void show() {
        if (style == Style.NONE) {
            return;
        }
        long millis = (clock.monotonicNanos() - start) / NANOS_PER_MILLI;
        if (millis < nextMillis) {
            return;
        }
        if (style == Style.BAR) {
            nextMillis = millis + BAR_MILLIS;
            messages.status(bar(millis));
        } else {
            nextMillis = millis + LINE_MILLIS;
            messages.plain(numbers(millis) + ", in " + mailbox);
        }
    }

    private String bar(long millis) {
        long done = done();
        int filled = mailsTotal == 0 ? 0 : (int) (done * BAR_WIDTH / mailsTotal);
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < BAR_WIDTH; i++) {
            text.append(i < filled ? '#' : '-');
        }
        String label = Escape.controls(mailbox);
        if (label.length() > LABEL_WIDTH) {
            int cut = Character.isHighSurrogate(label.charAt(LABEL_WIDTH - 2)) ? LABEL_WIDTH - 2 : LABEL_WIDTH - 1;
            label = label.substring(0, cut) + "…";
        }
        return text.append("] ")
                .append(numbers(millis))
                .append(' ')
                .append(label)
                .toString();
    }

    private long done() {
        return Math.min(mailsDone + savedHere, Math.max(mailsTotal, mailsDone));
    }

    private String numbers(long millis) {
        long done = done();
        long rate = millis == 0 ? 0 : done * 1000 / millis;
        StringBuilder text = new StringBuilder();
        text.append(done).append('/').append(mailsTotal).append(" mails");
        if (mailsTotal > 0) {
            text.append(' ').append(Math.min(100, done * 100 / mailsTotal)).append('%');
        }
        if (style == Style.LINES) {
            text.append(", ")
                    .append(mailboxesDone)
                    .append('/')
                    .append(mailboxesTotal)
                    .append(" mailboxes, ");
            text.append(bytes >> 10).append(" KiB copied, ");
        } else {
            text.append(' ');
        }
        text.append(rate).append("/s");
        if (rate > 0 && mailsTotal > done) {
            text.append(" ETA ");
            duration((mailsTotal - done) / rate, text);
        }
        return text.toString();
    }

    private static void duration(long seconds, StringBuilder text) {
        if (seconds >= 3600) {
            text.append(seconds / 3600).append(':');
            twoDigits(seconds / 60 % 60, text);
        } else {
            text.append(seconds / 60);
        }
        text.append(':');
        twoDigits(seconds % 60, text);
    }

    private static void twoDigits(long value, StringBuilder text) {
        text.append(value < 10 ? "0" : "").append(value);
    }
}
