package dev.twinbox.engine.disk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An absolute path as the bytes the kernel sees. Immutable. Holds no NUL, no empty level, no {@code .} or {@code ..}
 * level and no trailing slash, so joining can never leave the folder it starts from.
 */
public final class DiskPath implements Comparable<DiskPath> {
    /** Longest path, in bytes (Linux PATH_MAX less the final NUL). */
    public static final int MAX_LENGTH = 4095;

    /** Longest name of one file, in bytes (every common Linux file system). */
    public static final int MAX_NAME_LENGTH = 255;

    private static final DiskPath ROOT = new DiskPath(new byte[] {'/'});

    private final byte[] bytes;

    /** What this was made from, and with which name if it is one that many folders have. */
    private final @Nullable DiskPath folder;

    private final @Nullable DiskName name;

    /** Kept as that of a string is: 0 until somebody asks. */
    private int hash;

    /** What this is for Java, once {@link JavaPaths} had to find out; whoever finds it missing makes an equal one. */
    private java.nio.file.@Nullable Path java;

    private DiskPath(byte[] bytes) {
        this(bytes, null, null);
    }

    private DiskPath(byte[] bytes, @Nullable DiskPath folder, @Nullable DiskName name) {
        this.bytes = bytes;
        this.folder = folder;
        this.name = name;
    }

    /**
     * Reads an absolute path; doubled and trailing slashes are dropped.
     *
     * @throws IllegalArgumentException if it is relative, too long, or holds NUL or a {@code .} or {@code ..} level
     */
    public static DiskPath of(String absolute) {
        return of(absolute.getBytes(StandardCharsets.UTF_8));
    }

    /** The same for bytes. */
    public static DiskPath of(byte[] absolute) {
        if (absolute.length == 0 || absolute[0] != '/') {
            throw new IllegalArgumentException("path is not absolute");
        }
        DiskPath path = ROOT;
        int start = 1;
        for (int i = 1; i <= absolute.length; i++) {
            if (i == absolute.length || absolute[i] == '/') {
                if (i > start) {
                    path = path.resolve(Arrays.copyOfRange(absolute, start, i));
                }
                start = i + 1;
            }
        }
        return path;
    }

    /**
     * A name in this folder.
     *
     * @throws IllegalArgumentException if the name is empty, {@code .}, {@code ..}, or holds a slash or NUL
     */
    public DiskPath resolve(byte[] name) {
        DiskName.check(name);
        return new DiskPath(joined(name), this, null);
    }

    /** The same for a name that many folders have. */
    public DiskPath resolve(DiskName name) {
        return new DiskPath(joined(name.bytes()), this, name);
    }

    private byte[] joined(byte[] name) {
        int base = bytes.length == 1 ? 0 : bytes.length;
        if (base + 1 + name.length > MAX_LENGTH) {
            throw new IllegalArgumentException("path longer than " + MAX_LENGTH + " bytes");
        }
        byte[] joined = Arrays.copyOf(bytes, base + 1 + name.length);
        joined[base] = '/';
        System.arraycopy(name, 0, joined, base + 1, name.length);
        return joined;
    }

    /** A name in this folder, given as text. */
    public DiskPath resolve(String name) {
        return resolve(name.getBytes(StandardCharsets.UTF_8));
    }

    /** The last level; empty for the root. */
    public byte[] name() {
        return Arrays.copyOfRange(bytes, lastSlash() + 1, bytes.length);
    }

    /** The folder this lies in; the root's is itself. */
    public DiskPath parent() {
        int slash = lastSlash();
        return slash == 0 ? ROOT : new DiskPath(Arrays.copyOf(bytes, slash));
    }

    /** Whether this is {@code folder} or lies below it. */
    public boolean startsWith(DiskPath folder) {
        if (folder.bytes.length == 1) {
            return true;
        }
        return bytes.length >= folder.bytes.length
                && Arrays.equals(bytes, 0, folder.bytes.length, folder.bytes, 0, folder.bytes.length)
                && (bytes.length == folder.bytes.length || bytes[folder.bytes.length] == '/');
    }

    /** A copy of the bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Whether every byte is printable ASCII, so that text and bytes are the same in every locale. */
    public boolean isAscii() {
        return DiskName.isAscii(bytes);
    }

    /** The folder this was made from; null if it was made otherwise. */
    @Nullable
    DiskPath folder() {
        return folder;
    }

    @Nullable
    DiskName lastName() {
        return name;
    }

    java.nio.file.@Nullable Path known() {
        return java;
    }

    java.nio.file.Path known(java.nio.file.Path made) {
        java = made;
        return made;
    }

    private int lastSlash() {
        int i = bytes.length - 1;
        while (bytes[i] != '/') {
            i--;
        }
        return i;
    }

    @Override
    public int compareTo(DiskPath other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DiskPath path && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        if (hash == 0) {
            hash = Arrays.hashCode(bytes);
        }
        return hash;
    }

    /** For messages: UTF-8, control characters as {@code \xNN}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (char c : new String(bytes, StandardCharsets.UTF_8).toCharArray()) {
            if (c < ' ' || (c >= 0x7F && c < 0xA0)) {
                text.append(String.format("\\x%02x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
