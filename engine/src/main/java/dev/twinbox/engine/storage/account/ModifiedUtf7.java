package dev.twinbox.engine.storage.account;

import java.util.Optional;

/**
 * Modified UTF-7 (RFC 3501, section 5.1.3), in which folder names stand on disk unless the location says UTF-8. Bytes
 * 0x20 to 0x7E stand for themselves, but {@code &} is {@code &-}; a run of anything else is {@code &}, the base64 of its
 * UTF-16BE with {@code ,} for {@code /} and no padding, {@code -}.
 *
 * <p>Only the one canonical spelling of a text is decoded: several spellings of one name would be several folders.
 */
public final class ModifiedUtf7 {
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    private ModifiedUtf7() {}

    /**
     * The encoded form, ASCII only.
     *
     * @throws IllegalArgumentException if the text holds half a surrogate pair
     */
    public static String encode(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 8);
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '&') {
                out.append("&-");
                i++;
            } else if (isDirect(c)) {
                out.append(c);
                i++;
            } else {
                int end = i + 1;
                while (end < text.length() && !isDirect(text.charAt(end))) {
                    end++;
                }
                encodeRun(text, i, end, out);
                i = end;
            }
        }
        return out.toString();
    }

    /** Whether the text is its own encoded form. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '&') {
                return false;
            }
        }
        return true;
    }

    private static boolean isDirect(char c) {
        return c >= ' ' && c <= '~';
    }

    private static void encodeRun(String text, int start, int end, StringBuilder out) {
        out.append('&');
        int bits = 0;
        int count = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c) && !isPaired(text, i)) {
                throw new IllegalArgumentException("text is not valid Unicode");
            }
            bits = bits << 16 | c;
            count += 16;
            while (count >= 6) {
                count -= 6;
                out.append(BASE64.charAt(bits >>> count & 0x3F));
            }
            bits &= (1 << count) - 1;
        }
        if (count > 0) {
            out.append(BASE64.charAt(bits << (6 - count) & 0x3F));
        }
        out.append('-');
    }

    private static boolean isPaired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    /** The text, or nothing if this is not exactly what {@link #encode} makes of some text. */
    public static Optional<String> decode(String encoded) {
        if (isPlain(encoded)) {
            return Optional.of(encoded);
        }
        StringBuilder out = new StringBuilder(encoded.length());
        int i = 0;
        while (i < encoded.length()) {
            char c = encoded.charAt(i);
            if (!isDirect(c)) {
                return Optional.empty();
            }
            if (c != '&') {
                out.append(c);
                i++;
                continue;
            }
            int end = encoded.indexOf('-', i);
            if (end < 0) {
                return Optional.empty();
            }
            if (end == i + 1) {
                out.append('&');
            } else if (!decodeRun(encoded, i + 1, end, out)) {
                return Optional.empty();
            }
            i = end + 1;
        }
        String text = out.toString();
        return isUnicode(text) && encode(text).equals(encoded) ? Optional.of(text) : Optional.empty();
    }

    private static boolean decodeRun(String encoded, int start, int end, StringBuilder out) {
        int bits = 0;
        int count = 0;
        for (int i = start; i < end; i++) {
            int value = BASE64.indexOf(encoded.charAt(i));
            if (value < 0) {
                return false;
            }
            bits = bits << 6 | value;
            count += 6;
            if (count >= 16) {
                count -= 16;
                out.append((char) (bits >>> count));
                bits &= (1 << count) - 1;
            }
        }
        return true;
    }

    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i)) && !isPaired(text, i)) {
                return false;
            }
        }
        return true;
    }
}
