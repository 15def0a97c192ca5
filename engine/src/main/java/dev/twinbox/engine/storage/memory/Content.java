package dev.twinbox.engine.storage.memory;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** The bytes of a mail. Immutable. */
final class Content {
    private final byte[] bytes;

    /** Takes the array over; nobody may change it afterwards. */
    Content(byte[] bytes) {
        this.bytes = bytes;
    }

    InputStream open() {
        return new ByteArrayInputStream(bytes);
    }

    /** Size with each line end counted as CRLF. */
    long virtualSize() {
        long size = bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) {
                size++;
            }
        }
        return size;
    }
}
