package dev.twinbox.cli.output;

/** Makes text safe for a terminal and for one line. */
public final class Escape {
    private static final String HEX = "0123456789abcdef";
    private static final char DELETE = 0x7F;
    private static final char LAST_C1_CONTROL = 0x9F;

    private Escape() {}

    /** The text with every control character as {@code \xNN}. */
    public static String controls(String text) {
        int clean = 0;
        while (clean < text.length() && !isControl(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, clean);
        for (int i = clean; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isControl(c)) {
                escaped.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static boolean isControl(char c) {
        return c < ' ' || (c >= DELETE && c <= LAST_C1_CONTROL);
    }
}
