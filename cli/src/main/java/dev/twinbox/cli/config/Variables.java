package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import java.util.Locale;

/**
 * Replaces variables in settings and locations: {@code %u %n %d %h %%} with Dovecot 2.3's modifiers {@code L} and
 * {@code U} (lower, upper case), and {@code %{user}}, {@code %{home}}, {@code %{user | username | lower}} of 2.4.
 */
final class Variables {
    private Variables() {}

    static String expand(String text, User user) throws Refusal {
        int at = text.indexOf('%');
        if (at < 0) {
            return text;
        }
        StringBuilder result = new StringBuilder();
        int copied = 0;
        while (at >= 0) {
            result.append(text, copied, at);
            int end;
            if (text.startsWith("%{", at)) {
                int close = text.indexOf('}', at);
                if (close < 0) {
                    throw unknown(text, text.substring(at));
                }
                result.append(longForm(text, text.substring(at + 2, close), user));
                end = close + 1;
            } else {
                end = at + 1;
                while (end < text.length() && (text.charAt(end) == 'L' || text.charAt(end) == 'U')) {
                    end++;
                }
                if (end >= text.length()) {
                    throw unknown(text, text.substring(at));
                }
                String value = shortForm(text, text.substring(at, end + 1), text.charAt(end), user);
                for (int i = end - 1; i > at; i--) {
                    value = filter(text, value, text.charAt(i) == 'L' ? "lower" : "upper");
                }
                result.append(value);
                end++;
            }
            copied = end;
            at = text.indexOf('%', end);
        }
        return result.append(text, copied, text.length()).toString();
    }

    private static String shortForm(String text, String spelling, char letter, User user) throws Refusal {
        return switch (letter) {
            case 'u' -> user.name();
            case 'n' -> user.localPart();
            case 'd' -> user.domain();
            case 'h' -> user.requireHome();
            case '%' -> "%";
            default -> throw unknown(text, spelling);
        };
    }

    private static String longForm(String text, String inside, User user) throws Refusal {
        int bar = inside.indexOf('|');
        String name = (bar < 0 ? inside : inside.substring(0, bar)).strip();
        String value =
                switch (name) {
                    case "user" -> user.name();
                    case "username" -> user.localPart();
                    case "domain" -> user.domain();
                    case "home" -> user.requireHome();
                    default -> throw unknown(text, "%{" + inside + "}");
                };
        while (bar >= 0) {
            int next = inside.indexOf('|', bar + 1);
            value = filter(
                    text,
                    value,
                    inside.substring(bar + 1, next < 0 ? inside.length() : next).strip());
            bar = next;
        }
        return value;
    }

    private static String filter(String text, String value, String filter) throws Refusal {
        return switch (filter) {
            case "username" -> new User(value, null).localPart();
            case "domain" -> new User(value, null).domain();
            case "lower" -> value.toLowerCase(Locale.ROOT);
            case "upper" -> value.toUpperCase(Locale.ROOT);
            default -> throw unknown(text, "| " + filter);
        };
    }

    private static Refusal unknown(String text, String what) {
        return Refusal.configuration(
                "unknown variable '" + what + "' in '" + text + "' (a percent sign itself is written %%)");
    }
}
