package dev.twinbox.engine.storage.account;

import java.nio.charset.StandardCharsets;

/**
 * Makes base names no other process and no other call has made: {@code <seconds>.M<microseconds>P<pid>.<host>}, with
 * {@code ,S=} and {@code ,W=} if the sizes are known (storage formats, section 1.2). Seconds and microseconds rise from
 * call to call even if the clock does not. One object per process; safe for use by several threads.
 */
public final class UniqueNames {
    /** Stands for a size that nobody has counted. */
    public static final long SIZE_UNKNOWN = -1;

    /** Longest host part of a name, in bytes after escaping. */
    public static final int HOST_LENGTH_MAX = 64;

    private static final int MICROS_PER_SECOND = 1_000_000;

    private final String suffix;
    private long lastMicros;

    /**
     * @param pid this process's id
     * @param host this machine's name
     */
    public UniqueNames(long pid, String host) {
        this.suffix = "P" + pid + "." + escapeHost(host);
    }

    /** A name without sizes. */
    public String next(long epochMillis) {
        return next(epochMillis, SIZE_UNKNOWN, SIZE_UNKNOWN);
    }

    /**
     * A name.
     *
     * @param epochMillis the time now; before 1970 counts as 1970
     * @param size with lines as stored, or {@link MaildirName#SIZE_UNKNOWN}
     * @param virtualSize with CRLF lines, or {@link MaildirName#SIZE_UNKNOWN}
     */
    public String next(long epochMillis, long size, long virtualSize) {
        long micros = nextMicros(epochMillis);
        StringBuilder name = new StringBuilder(64);
        name.append(micros / MICROS_PER_SECOND);
        name.append(".M").append(micros % MICROS_PER_SECOND);
        name.append(suffix);
        if (size >= 0) {
            name.append(",S=").append(size);
        }
        if (virtualSize >= 0) {
            name.append(",W=").append(virtualSize);
        }
        return name.toString();
    }

    private synchronized long nextMicros(long epochMillis) {
        lastMicros = Math.max(lastMicros + 1, epochMillis * 1000);
        return lastMicros;
    }

    /**
     * The host as it may stand in a file name: slash, colon and comma as octal escapes, as the Maildir specification asks,
     * and so everything that is not printable ASCII.
     */
    public static String escapeHost(String host) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : host.getBytes(StandardCharsets.UTF_8)) {
            int c = b & 0xFF;
            boolean plain = c > ' ' && c < 0x7F && c != '/' && c != ':' && c != ',';
            if (escaped.length() + (plain ? 1 : 4) > HOST_LENGTH_MAX) {
                break;
            }
            if (plain) {
                escaped.append((char) c);
            } else {
                escaped.append('\\')
                        .append((char) ('0' + (c >> 6)))
                        .append((char) ('0' + (c >> 3 & 7)))
                        .append((char) ('0' + (c & 7)));
            }
        }
        return escaped.length() == 0 ? "localhost" : escaped.toString();
    }
}
