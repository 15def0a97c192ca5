package dev.twinbox.engine.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns byte-exact paths into Java's and back.
 *
 * <p>{@code Path.of(String)} and {@code Path.toString()} go through the character set of the locale and lose every byte
 * outside ASCII under {@code LC_ALL=C}; no system property changes that. A {@code file:} URI carries every byte as
 * {@code %XX} in every locale. It costs more, so it is used only for names that need it.
 */
final class JavaPaths {
    private static final String HEX = "0123456789ABCDEF";

    private JavaPaths() {}

    /** The same path for Java. */
    static Path toJava(DiskPath path) {
        Path known = path.known();
        if (known != null) {
            return known;
        }
        DiskPath folder = path.folder();
        if (folder != null) {
            // Java joins bytes; made of text the whole path would be looked at letter by letter.
            DiskName name = path.lastName();
            byte[] last = name != null ? name.bytes() : path.name();
            if (DiskName.isAscii(last)) {
                return path.known(toJava(folder).resolve(name != null ? toJava(name) : ofAscii(last)));
            }
        }
        byte[] bytes = path.toBytes();
        return path.known(path.isAscii() ? ofAscii(bytes) : viaUri(bytes));
    }

    private static Path ofAscii(byte[] bytes) {
        return Path.of(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static Path toJava(DiskName name) {
        Path known = name.known();
        return known != null ? known : name.known(ofAscii(name.bytes()));
    }

    private static Path viaUri(byte[] bytes) {
        StringBuilder uri = new StringBuilder(bytes.length * 3 + 7).append("file://");
        for (byte b : bytes) {
            if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '/' || b == '.') {
                uri.append((char) b);
            } else {
                uri.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    /** The bytes of the last level of an absolute path that Java listed. */
    static byte[] nameOf(Path path) {
        // Not getFileName: that looks for all slashes of the path.
        String text = path.toString();
        byte[] name = text.substring(text.lastIndexOf('/') + 1).getBytes(StandardCharsets.UTF_8);
        for (byte b : name) {
            if (b < 0) {
                return tail(toBytes(path));
            }
        }
        return name;
    }

    /** All bytes of an absolute path. Costs a stat(2), which {@code toUri} makes to find out whether it is a folder. */
    static byte[] toBytes(Path path) {
        String raw = path.toUri().getRawPath();
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes[length++] =
                        (byte) (Character.digit(raw.charAt(i + 1), 16) << 4 | Character.digit(raw.charAt(i + 2), 16));
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        if (length > 1 && bytes[length - 1] == '/') {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] tail(byte[] bytes) {
        int i = bytes.length - 1;
        while (bytes[i] != '/') {
            i--;
        }
        return Arrays.copyOfRange(bytes, i + 1, bytes.length);
    }

    /** The same trouble with our spelling of the path, which has no control character and no damaged letter. */
    static IOException named(IOException e, DiskPath path) {
        return named(e, path, null);
    }

    /** The same for an operation on two paths. */
    static IOException named(IOException e, DiskPath path, @Nullable DiskPath other) {
        String first = path.toString();
        String second = other == null ? null : other.toString();
        FileSystemException named;
        if (e instanceof ClosedChannelException) {
            return e;
        } else if (e instanceof NoSuchFileException) {
            named = new NoSuchFileException(first, second, reason(e));
        } else if (e instanceof FileAlreadyExistsException) {
            named = new FileAlreadyExistsException(first, second, reason(e));
        } else if (e instanceof AccessDeniedException) {
            named = new AccessDeniedException(first, second, reason(e));
        } else if (e instanceof DirectoryNotEmptyException) {
            named = new DirectoryNotEmptyException(first);
        } else if (e instanceof NotDirectoryException) {
            named = new NotDirectoryException(first);
        } else {
            named = new FileSystemException(first, second, reason(e));
        }
        named.initCause(e);
        return named;
    }

    private static @Nullable String reason(IOException e) {
        return e instanceof FileSystemException known ? known.getReason() : e.getMessage();
    }
}
