package dev.twinbox.transport.doveadm;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Makes log lines of the bytes of the log's channel. Holds one line at most. */
final class LogLines {
    private final RemoteLog log;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    LogLines(RemoteLog log) {
        this.log = log;
    }

    void take(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                end();
            } else if (line.size() < DoveadmLimits.LOG_LINE_MAX) {
                line.write(bytes[i]);
            }
        }
    }

    private void end() {
        byte[] bytes = line.toByteArray();
        line.reset();
        if (bytes.length > 0) {
            String text = new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8);
            log.line(RemoteLog.Severity.of(bytes[0]), clean(text));
        }
    }

    /** Without control characters: it is shown on a terminal. */
    static String clean(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
