package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A client that is pointed at the other side sees no difference: what a real Dovecot says there to an IMAP and to a POP3 client
 * is the same, byte by byte, after a {@code backup} and after a {@code sync} of two accounts that were both used. But for what
 * has no order in IMAP and a server says in that of its files: the lines of a LIST and the flags of a mail; for {@code \Marked}
 * and {@code \UnMarked}, by which a server says what it has not looked at lately; and for keywords that no mail of a mailbox has
 * any more.
 */
class ClientsTest {
    private static final int OPERATIONS = 150;
    private static final String STATUS = "MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ";

    /** The words between the parentheses after {@code FLAGS}. */
    private static final Pattern FLAGS = Pattern.compile("(?<=FLAGS \\()[^()]*(?=\\))");

    /** The flags and keywords that a mailbox has ever had. */
    private static final Pattern KNOWN = Pattern.compile("^\\* FLAGS \\(.*\\)");

    /** A name in the answer to LIST. */
    private static final Pattern NAME = Pattern.compile("\\* LIST \\([^)]*\\) \"/\" (\"?)(.+)\\1");

    @ParameterizedTest
    @CsvSource({
        "maildir:~/Maildir, maildir:~/Maildir, false",
        "maildir:~/Maildir, mdbox:~/mdbox, false",
        "sdbox:~/sdbox, maildir:~/Maildir, false",
        "maildir:~/Maildir, maildir:~/Maildir, true",
        "mdbox:~/mdbox, sdbox:~/sdbox, true"
    })
    @Tag("F125")
    void anImapClientSeesNoDifference(String from, String to, boolean newer) {
        try (Sandbox sandbox = newer ? Sandbox.createNewer() : Sandbox.create()) {
            Twinbox twinbox = new Twinbox(sandbox);
            Account here = Account.at(sandbox, "here", from);
            new RandomLife(1).live(here, OPERATIONS);
            Account there = Account.at(sandbox, "there", to);
            twinbox.backup(here, there).mustEndWith(0);
            mustSeeTheSame(here, there);

            new RandomLife(2).live(here, OPERATIONS / 3);
            new RandomLife(3).live(there, OPERATIONS / 3);
            twinbox.sync(here, there).mustEndWith(0);
            mustSeeTheSame(here, there);
            assertEquals(List.of(), there.log(), "what the server there logged");
        }
    }

    private static void mustSeeTheSame(Account here, Account there) {
        List<Seen> expected = look(here);
        List<Seen> actual = look(there);
        int mails = 0;
        for (int i = 0; i < expected.size(); i++) {
            Seen one = expected.get(i);
            mails += one.count(" FETCH ");
            assertEquals(one.command(), actual.get(i).command());
            assertEquals(one.text(), actual.get(i).text(), one.command());
        }
        assertEquals(expected.size(), actual.size());
        assertTrue(mails > OPERATIONS / 4, "answers about mails: " + mails);
    }

    /** What a client asked and a server answered, each byte as one character. */
    private record Seen(String command, String text) {
        Seen(String command, byte[] answer) {
            this(command, new String(answer, StandardCharsets.ISO_8859_1));
        }

        int count(String word) {
            return text().split(word, -1).length - 1;
        }
    }

    /** What a client asks that has never been there. */
    private static List<Seen> look(Account account) {
        List<Seen> seen = new ArrayList<>();
        try (ImapSession imap = account.imap()) {
            for (String command : List.of(
                    "NAMESPACE",
                    "LIST \"\" *",
                    "LSUB \"\" *",
                    "LIST (SUBSCRIBED) \"\" *",
                    "LIST \"\" * RETURN (CHILDREN SUBSCRIBED SPECIAL-USE)")) {
                seen.add(ask(imap, command));
            }
            List<String> names = new ArrayList<>();
            for (String line : imap.must("LIST \"\" *")) {
                Matcher name = NAME.matcher(line);
                if (name.matches() && !line.toLowerCase(Locale.ROOT).contains("\\noselect")) {
                    names.add(name.group(2));
                }
            }
            Collections.sort(names);
            for (String name : names) {
                seen.add(ask(imap, "STATUS \"" + name + "\" (" + STATUS + ")"));
                seen.add(ask(imap, "EXAMINE \"" + name + "\""));
                if (seen.get(seen.size() - 1).count("[*] 0 EXISTS") == 0) {
                    seen.add(ask(imap, "FETCH 1:* ALL"));
                    seen.add(ask(imap, "FETCH 1:* (FLAGS UID INTERNALDATE MODSEQ X-GUID BODY.PEEK[])"));
                    seen.add(ask(imap, "FETCH 1:* (BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])"));
                }
                seen.add(ask(imap, "UID SEARCH RETURN (ALL COUNT) UNSEEN"));
                imap.must("UNSELECT");
            }
        }
        return seen;
    }

    private static Seen ask(ImapSession imap, String command) {
        String text = new Seen(command, imap.dump(command)).text();
        if (command.startsWith("LIST") || command.startsWith("LSUB")) {
            text = sorted(text.replaceAll(" ?\\\\(Un)?Marked", "").replace("( ", "("), "\r\n");
        }
        text = KNOWN.matcher(text).replaceFirst("* FLAGS");
        return new Seen(
                command, FLAGS.matcher(text).replaceAll(flags -> Matcher.quoteReplacement(sorted(flags.group(), " "))));
    }

    private static String sorted(String text, String separator) {
        List<String> parts = new ArrayList<>(List.of(text.split(separator)));
        Collections.sort(parts);
        return String.join(separator, parts);
    }

    @ParameterizedTest
    @CsvSource({
        "maildir:~/Maildir, %08Xu%08Xv",
        "maildir:~/Maildir, %g",
        "sdbox:~/sdbox, %08Xu%08Xv",
        "mdbox:~/mdbox, %g",
    })
    @Tag("F126")
    void aPop3ClientSeesNoDifference(String to, String format) {
        try (Sandbox sandbox = Sandbox.create()) {
            Twinbox twinbox = new Twinbox(sandbox);
            String settings = "pop3_uidl_format = " + format + "\n";
            Account here = Account.maildir(sandbox, "here").with(settings);
            new RandomLife(1).live(here, OPERATIONS);
            mailsOfAnotherServer(here);
            Account there = Account.at(sandbox, "there", to).with(settings);
            twinbox.backup(here, there).mustEndWith(0);
            mustGetTheSame(here, there);

            new RandomLife(2).live(here, OPERATIONS / 3);
            new RandomLife(3).live(there, OPERATIONS / 3);
            twinbox.sync(here, there).mustEndWith(0);
            mustGetTheSame(there, here);
            assertEquals(List.of(), there.log(), "what the server there logged");
        }
    }

    /** Some whose UIDLs and order are another server's: they are told in that order, before all others. */
    private static void mailsOfAnotherServer(Account account) {
        for (int i = 1; i <= 4; i++) {
            account.save("INBOX", "Popped " + i);
        }
        account.doveadm("mailbox", "status", "all", "INBOX");
        List<String> uids = account.doveadm("search", "mailbox", "INBOX", "subject", "Popped").lines().stream()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
        assertEquals(4, uids.size());
        account.sandbox()
                .shell(
                        "sed -i -e \"s/^$2 /$2 Pold-$2 O9 /\" -e \"s/^$3 /$3 Pold-$3 O3 /\" -e \"s/^$4 /$4 Pold-$4 /\" \"$1\"",
                        account.maildir().resolve("dovecot-uidlist"),
                        uids.get(0),
                        uids.get(1),
                        uids.get(2));
    }

    private static void mustGetTheSame(Account here, Account there) {
        List<Seen> expected = collect(here);
        List<Seen> actual = collect(there);
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(
                    expected.get(i).text(),
                    actual.get(i).text(),
                    expected.get(i).command());
        }
        assertEquals(expected.size(), actual.size());
        String uidls = expected.get(1).text();
        assertTrue(uidls.matches("(?s)\\+OK[^\n]*\n1 old-\\d+\r\n2 old-\\d+\r\n3 .*"), uidls);
        assertTrue(expected.size() > 20, "answers: " + expected.size());
    }

    private static List<Seen> collect(Account account) {
        List<Seen> seen = new ArrayList<>();
        try (Pop3Session pop3 = account.pop3()) {
            Seen stat = new Seen("STAT", pop3.line("STAT"));
            seen.add(stat);
            seen.add(new Seen("UIDL", pop3.lines("UIDL")));
            seen.add(new Seen("LIST", pop3.lines("LIST")));
            int mails = Integer.parseInt(stat.text().split(" ")[1]);
            for (int i = 1; i <= mails; i++) {
                seen.add(new Seen("TOP " + i, pop3.lines("TOP " + i + " 5")));
                seen.add(new Seen("RETR " + i, pop3.lines("RETR " + i)));
            }
        }
        return seen;
    }
}
