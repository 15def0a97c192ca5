package dev.twinbox.it;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Makes mails. */
final class Mails {
    private static final List<String> WORDS = List.of(
            "lorem",
            "ipsum",
            "dolor",
            "straße",
            "Привет",
            "受信",
            "meeting",
            "invoice",
            "From here",
            ".",
            "..",
            "thanks");

    private Mails() {}

    static byte[] simple(String subject) {
        return ("From: ben@example.org\nTo: ada@example.org\nSubject: " + subject + "\nMessage-ID: <"
                        + subject.hashCode() + "@example.org>\nDate: Mon, 06 Jan 2025 08:00:00 +0000\n\n" + subject
                        + ", said Ben.\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A mail with odd lines, sometimes without Message-ID, sometimes long. Its Message-ID is {@code id}. */
    static byte[] random(SplittableRandom random, String id) {
        StringBuilder mail = new StringBuilder("From: user" + random.nextInt(50) + "@example.org\n");
        mail.append("Subject: ").append(words(random, 1 + random.nextInt(5))).append('\n');
        if (random.nextInt(10) > 0) {
            mail.append("Message-ID: <").append(id).append("@example.org>\n");
        }
        mail.append("Content-Type: text/plain; charset=utf-8\nX-Twin: ")
                .append(id)
                .append("\n\n");
        int lines = random.nextInt(20) == 0 ? 2_000 : random.nextInt(30);
        for (int i = 0; i < lines; i++) {
            mail.append(words(random, random.nextInt(8))).append('\n');
        }
        if (random.nextInt(10) == 0) {
            mail.append("no line end");
        }
        return mail.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String words(SplittableRandom random, int count) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < count; i++) {
            words.append(i == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return words.toString();
    }
}
