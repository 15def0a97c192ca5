package dev.twinbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Generated accounts for the benchmark: the same scale gives the same mails. A has sizes as people have them (median about
 * 8 KB, some attachments) in many mailboxes, B many small mails in few.
 */
record BenchAccount(String name, int mails, int mailboxes, int median, double sigma, double attachments) {
    private static final int POOL = 4_000_000;
    private static final int LARGEST = 5_000_000;
    private static final int SMALLEST = 120;
    private static final int FIRST_SECOND = 1_500_000_000;
    private static final int ATTACHMENT = 150_000;
    private static final List<String> SUFFIXES = List.of("", "S", "S", "S", "RS", "FS", "F");

    static BenchAccount byName(String name, double scale) {
        return switch (name) {
            case "A" -> new BenchAccount(name, (int) (20_000 * scale), 50, 8_000, 1.0, 0.03);
            case "B" -> new BenchAccount(name, (int) (100_000 * scale), 10, 2_000, 0.15, 0);
            default -> throw new IllegalArgumentException("no such account: " + name);
        };
    }

    /** Writes the Maildir. Dovecot must look at it afterwards, so that it gets UIDs and index files. */
    void writeTo(Path maildir) {
        try {
            SplittableRandom random = new SplittableRandom(name.hashCode());
            byte[] pool = pool(random);
            for (int box = 0; box < mailboxes; box++) {
                Path folder = box == 0 ? maildir : maildir.resolve(".Folder " + box / 10 + ".Part " + box);
                for (String part : List.of("cur", "new", "tmp")) {
                    Files.createDirectories(folder.resolve(part));
                }
                for (int i = box; i < mails; i += mailboxes) {
                    write(folder.resolve("cur"), i, pool, random);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Path cur, int number, byte[] pool, SplittableRandom random) throws IOException {
        double normal = random.doubles(12).sum() - 6;
        long wanted = Math.round(median * Math.exp(sigma * normal));
        if (random.nextDouble() < attachments) {
            wanted += Math.round(ATTACHMENT * Math.exp(random.doubles(12).sum() - 6));
        }
        int length = (int) Math.max(SMALLEST, Math.min(LARGEST, wanted));
        byte[] head = ("From: user" + number % 97 + "@example.org\nTo: me@example.org\nSubject: Mail " + number
                        + "\nMessage-ID: <" + number + "." + name + "@example.org>\n\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] mail = new byte[head.length + length];
        System.arraycopy(head, 0, mail, 0, head.length);
        int at = random.nextInt(POOL);
        for (int done = head.length; done < mail.length; at = 0) {
            int part = Math.min(mail.length - done, POOL - at);
            System.arraycopy(pool, at, mail, done, part);
            done += part;
        }
        mail[mail.length - 1] = '\n';
        int virtual = mail.length;
        for (byte b : mail) {
            virtual += b == '\n' ? 1 : 0;
        }
        int second = FIRST_SECOND + number;
        String suffix = SUFFIXES.get(random.nextInt(SUFFIXES.size()));
        Path file =
                cur.resolve(second + ".M" + number + "P1.bench,S=" + mail.length + ",W=" + virtual + ":2," + suffix);
        Files.write(file, mail);
        Files.setLastModifiedTime(file, FileTime.fromMillis(second * 1000L));
    }

    private static byte[] pool(SplittableRandom random) {
        byte[] pool = new byte[POOL];
        for (int i = 0; i < POOL; i++) {
            pool[i] = (byte) (i % 72 == 71 ? '\n' : 'a' + random.nextInt(26));
        }
        return pool;
    }
}
