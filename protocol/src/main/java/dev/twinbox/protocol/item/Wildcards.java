package dev.twinbox.protocol.item;

/** Patterns of names: {@code *} is any number of any characters, {@code ?} any one; all others are themselves. Pure. */
public final class Wildcards {
    private static final char ANY = '*';
    private static final char ONE = '?';

    private Wildcards() {}

    /** Whether the whole name is as the pattern says. Takes at most the product of both lengths: only the last star is ever gone back to. */
    public static boolean matches(String pattern, String name) {
        int at = 0;
        int star = -1;
        int taken = 0;
        int i = 0;
        while (i < name.length()) {
            if (at < pattern.length() && pattern.charAt(at) == ANY) {
                star = at++;
                taken = i;
            } else if (at < pattern.length() && (pattern.charAt(at) == ONE || pattern.charAt(at) == name.charAt(i))) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++taken;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == ANY) {
            at++;
        }
        return at == pattern.length();
    }
}
