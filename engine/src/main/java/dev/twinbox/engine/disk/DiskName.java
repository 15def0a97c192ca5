package dev.twinbox.engine.disk;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The name of a file that lies in many folders, such as {@code dovecot-uidlist}: checked, and made into Java's path, once
 * and not in each of them. Immutable.
 */
public final class DiskName {
    private final byte[] bytes;

    /** What the name is for Java, once {@link JavaPaths} had to find out; whoever finds it missing makes an equal one. */
    private java.nio.file.@Nullable Path java;

    private DiskName(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A name.
     *
     * @throws IllegalArgumentException if it is empty, {@code .}, {@code ..}, or holds a slash or NUL
     */
    public static DiskName of(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        check(bytes);
        return new DiskName(bytes);
    }

    static void check(byte[] name) {
        if (name.length == 0 || (name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.')))) {
            throw new IllegalArgumentException("not a file name");
        }
        for (byte b : name) {
            if (b == '/' || b == 0) {
                throw new IllegalArgumentException("file name holds a slash or NUL");
            }
        }
    }

    /** Whether every byte is printable ASCII. */
    static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < ' ' || b == 0x7F) {
                return false;
            }
        }
        return true;
    }

    /** Not a copy: nobody is to change them. */
    byte[] bytes() {
        return bytes;
    }

    java.nio.file.@Nullable Path known() {
        return java;
    }

    java.nio.file.Path known(java.nio.file.Path made) {
        java = made;
        return made;
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
