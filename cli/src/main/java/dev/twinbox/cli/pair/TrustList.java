package dev.twinbox.cli.pair;

import dev.twinbox.transport.tls.Fingerprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whom this machine trusts, as it is in the file {@code trusted}. Immutable.
 *
 * <p>The file is UTF-8 text, one entry a line; empty lines and those that begin with {@code #} mean nothing. An entry is its kind and
 * its fields with one space before each; no value has a space in it. Order means nothing.
 *
 * <pre>
 * caller fingerprint=AB:CD:... users=anna,*@example.org name=backup since=2026-11-22T01:00:00Z
 * server at=mx.example.org:24245 fingerprint=AB:CD:... certificate=yes since=...
 * revoked fingerprint=AB:CD:... since=...
 * invitation id=8HEX hash=64HEX until=SECONDS tries=3 users=...
 * </pre>
 *
 * <p>What is not understood makes the whole file unusable, so that a slip of the pen lets nobody in: a field that is passed over
 * could be one that takes rights away.
 */
public final class TrustList {
    /** Longest file, in bytes. */
    public static final int TEXT_MAX = 1 << 20;

    /** Most entries. */
    public static final int ENTRIES_MAX = 5_000;

    /** Most invitations at a time. */
    public static final int INVITATIONS_MAX = 100;

    /** Nobody. */
    public static final TrustList EMPTY = new TrustList(List.of(), List.of(), List.of(), List.of());

    private static final String CALLER = "caller";
    private static final String SERVER = "server";
    private static final String REVOKED = "revoked";
    private static final String INVITATION = "invitation";
    private static final String FINGERPRINT = "fingerprint";
    private static final String SINCE = "since";
    private static final String USERS = "users";
    private static final Map<String, Set<String>> FIELDS = Map.of(
            CALLER, Set.of(FINGERPRINT, USERS, "name", SINCE),
            SERVER, Set.of("at", FINGERPRINT, "certificate", SINCE),
            REVOKED, Set.of(FINGERPRINT, SINCE),
            INVITATION, Set.of("id", "hash", "until", "tries", USERS));
    private static final Pattern TIME = Pattern.compile("[0-9TZ:.-]{1,40}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    /**
     * A fingerprint that is let in no more.
     *
     * @param since when that began, for people
     */
    public record Revoked(Fingerprint fingerprint, String since) {
        /**
         * Checks the time.
         *
         * @throws IllegalArgumentException if it is none
         */
        public Revoked {
            requireTime(since);
        }
    }

    private final List<TrustedCaller> callers;
    private final List<TrustedServer> servers;
    private final List<Revoked> revoked;
    private final List<Invitation> invitations;

    private TrustList(
            List<TrustedCaller> callers,
            List<TrustedServer> servers,
            List<Revoked> revoked,
            List<Invitation> invitations) {
        this.callers = List.copyOf(callers);
        this.servers = List.copyOf(servers);
        this.revoked = List.copyOf(revoked);
        this.invitations = List.copyOf(invitations);
    }

    static void requireTime(String since) {
        if (!TIME.matcher(since).matches()) {
            throw new IllegalArgumentException("since is a time such as 2026-11-22T01:00:00Z");
        }
    }

    /**
     * Reads the file's text.
     *
     * @throws IllegalArgumentException if anything in it is not understood; the message names the line
     */
    public static TrustList parse(String text) {
        if (text.length() > TEXT_MAX) {
            throw new IllegalArgumentException("it is longer than " + TEXT_MAX + " bytes");
        }
        List<TrustedCaller> callers = new ArrayList<>();
        List<TrustedServer> servers = new ArrayList<>();
        List<Revoked> revoked = new ArrayList<>();
        List<Invitation> invitations = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            try {
                String[] words = line.split(" ", -1);
                Map<String, String> fields = fields(words);
                switch (words[0]) {
                    case CALLER ->
                        callers.add(new TrustedCaller(
                                fingerprint(fields), users(fields), get(fields, "name"), get(fields, SINCE)));
                    case SERVER ->
                        servers.add(new TrustedServer(
                                get(fields, "at"),
                                fingerprint(fields),
                                isYes(get(fields, "certificate")),
                                get(fields, SINCE)));
                    case REVOKED -> revoked.add(new Revoked(fingerprint(fields), get(fields, SINCE)));
                    default ->
                        invitations.add(new Invitation(
                                get(fields, "id"),
                                get(fields, "hash"),
                                number(get(fields, "until")),
                                (int) Math.min(number(get(fields, "tries")), Integer.MAX_VALUE),
                                users(fields)));
                }
                if (callers.size() + servers.size() + revoked.size() + invitations.size() > ENTRIES_MAX) {
                    throw new IllegalArgumentException("more than " + ENTRIES_MAX + " entries");
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
        }
        return new TrustList(callers, servers, revoked, invitations);
    }

    private static Map<String, String> fields(String[] words) {
        Set<String> known = FIELDS.get(words[0]);
        if (known == null) {
            throw new IllegalArgumentException("an entry begins with caller, server, revoked or invitation");
        }
        Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String name = equals < 0 ? "" : words[i].substring(0, equals);
            if (!known.contains(name) || fields.put(name, words[i].substring(equals + 1)) != null) {
                throw new IllegalArgumentException(
                        "field " + i + " is not one that '" + words[0] + "' has, or is there twice");
            }
        }
        return fields;
    }

    private static String get(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static Fingerprint fingerprint(Map<String, String> fields) {
        return new Fingerprint(get(fields, FINGERPRINT));
    }

    private static UserPatterns users(Map<String, String> fields) {
        return UserPatterns.parse(get(fields, USERS));
    }

    private static boolean isYes(String text) {
        if (!text.equals("yes") && !text.equals("no")) {
            throw new IllegalArgumentException("certificate is yes or no");
        }
        return text.equals("yes");
    }

    private static long number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("no number where one belongs");
        }
        return Long.parseLong(text);
    }

    /** As {@link #parse} reads it. */
    public String text() {
        StringBuilder text =
                new StringBuilder("# Whom Twinbox trusts: written by twinbox pair, read anew at each login.\n");
        for (TrustedCaller caller : callers) {
            text.append(CALLER + " " + FINGERPRINT + "=").append(caller.fingerprint());
            text.append(" users=").append(caller.users().text());
            text.append(" name=").append(caller.name());
            text.append(" since=").append(caller.since()).append('\n');
        }
        for (TrustedServer server : servers) {
            text.append(SERVER + " at=").append(server.at());
            text.append(" fingerprint=").append(server.fingerprint());
            text.append(" certificate=").append(server.certificate() ? "yes" : "no");
            text.append(" since=").append(server.since()).append('\n');
        }
        for (Revoked each : revoked) {
            text.append(REVOKED + " " + FINGERPRINT + "=").append(each.fingerprint());
            text.append(" since=").append(each.since()).append('\n');
        }
        for (Invitation invitation : invitations) {
            text.append(INVITATION + " id=").append(invitation.id());
            text.append(" hash=").append(invitation.hash());
            text.append(" until=").append(invitation.until());
            text.append(" tries=").append(invitation.tries());
            text.append(" users=").append(invitation.users().text()).append('\n');
        }
        return text.toString();
    }

    public List<TrustedCaller> callers() {
        return callers;
    }

    public List<TrustedServer> servers() {
        return servers;
    }

    public List<Revoked> revoked() {
        return revoked;
    }

    public List<Invitation> invitations() {
        return invitations;
    }

    /** Whether a fingerprint was revoked; then it is nobody's, whatever else the list says. */
    public boolean isRevoked(Fingerprint fingerprint) {
        return revoked.stream().anyMatch(each -> each.fingerprint().equals(fingerprint));
    }

    /** Who has that certificate; null if nobody who may call. */
    public @Nullable TrustedCaller caller(Fingerprint fingerprint) {
        return isRevoked(fingerprint)
                ? null
                : callers.stream()
                        .filter(caller -> caller.fingerprint().equals(fingerprint))
                        .findFirst()
                        .orElse(null);
    }

    /** What is believed of a server; empty if it is not known. What was revoked is not believed. */
    public List<TrustedServer> serversAt(String at) {
        return servers.stream()
                .filter(server -> server.at().equals(at) && !isRevoked(server.fingerprint()))
                .toList();
    }

    /** With somebody more who may call, in place of what was known of that certificate, and even if that was revoked. */
    public TrustList withCaller(TrustedCaller caller) {
        List<TrustedCaller> all = Stream.concat(
                        callers.stream().filter(each -> !each.fingerprint().equals(caller.fingerprint())),
                        Stream.of(caller))
                .toList();
        List<Revoked> rest = revoked.stream()
                .filter(each -> !each.fingerprint().equals(caller.fingerprint()))
                .toList();
        return new TrustList(all, servers, rest, invitations);
    }

    /** With a server, in place of what was believed of it, and even if that certificate was revoked. */
    public TrustList withServer(TrustedServer server) {
        List<TrustedServer> all = Stream.concat(
                        servers.stream().filter(each -> !each.at().equals(server.at())), Stream.of(server))
                .toList();
        List<Revoked> rest = revoked.stream()
                .filter(each -> !each.fingerprint().equals(server.fingerprint()))
                .toList();
        return new TrustList(callers, all, rest, invitations);
    }

    /** Without a certificate, for good. */
    public TrustList revoking(Fingerprint fingerprint, String since) {
        List<Revoked> all = new ArrayList<>(revoked);
        if (!isRevoked(fingerprint)) {
            all.add(new Revoked(fingerprint, since));
        }
        return new TrustList(
                callers.stream()
                        .filter(each -> !each.fingerprint().equals(fingerprint))
                        .toList(),
                servers.stream()
                        .filter(each -> !each.fingerprint().equals(fingerprint))
                        .toList(),
                all,
                invitations);
    }

    /**
     * With one invitation more, and without those that are over.
     *
     * @param now in seconds since 1970
     * @throws IllegalArgumentException if there are too many
     */
    public TrustList inviting(Invitation invitation, long now) {
        List<Invitation> all = new ArrayList<>();
        for (Invitation each : invitations) {
            if (each.until() > now && !each.id().equals(invitation.id())) {
                all.add(each);
            }
        }
        all.add(invitation);
        if (all.size() > INVITATIONS_MAX) {
            throw new IllegalArgumentException("there are " + INVITATIONS_MAX + " codes already that nobody has used");
        }
        return new TrustList(callers, servers, revoked, all);
    }

    /** Without an invitation. */
    public TrustList withoutInvitation(String id) {
        List<Invitation> rest =
                invitations.stream().filter(each -> !each.id().equals(id)).toList();
        return rest.size() == invitations.size() ? this : new TrustList(callers, servers, revoked, rest);
    }

    /** What became of a code. */
    public enum Answer {
        /** It was right, and is used up now. */
        RIGHT,
        /** It is not known: wrong, used, out of date, or tried too often. */
        WRONG,
        /** The certificate was revoked; the code was not looked at. */
        REVOKED
    }

    /**
     * A list after a code was tried.
     *
     * @param list the list from now on
     */
    public record Tried(Answer answer, TrustList list) {}

    /**
     * Tries a code. A right one is used up, and the caller trusted; a wrong secret makes the invitation that it names weaker.
     *
     * @param key as the caller has sent it
     * @param now in seconds since 1970
     * @param since the same for people
     * @throws IllegalArgumentException if the name is none
     */
    public Tried redeem(byte[] key, Fingerprint caller, String name, long now, String since) {
        if (isRevoked(caller)) {
            return new Tried(Answer.REVOKED, this);
        }
        if (key.length != PairCode.KEY_BYTES) {
            return new Tried(Answer.WRONG, this);
        }
        String id = Invitation.idOf(key);
        List<Invitation> rest = new ArrayList<>();
        Invitation meant = null;
        for (Invitation each : invitations) {
            if (each.id().equals(id) && each.until() > now) {
                meant = each;
            } else {
                rest.add(each);
            }
        }
        if (meant == null) {
            return new Tried(Answer.WRONG, this);
        }
        if (!meant.isFor(key)) {
            if (meant.tries() > 1) {
                rest.add(meant.withTries(meant.tries() - 1));
            }
            return new Tried(Answer.WRONG, new TrustList(callers, servers, revoked, rest));
        }
        TrustList used = new TrustList(callers, servers, revoked, rest);
        return new Tried(Answer.RIGHT, used.withCaller(new TrustedCaller(caller, meant.users(), name, since)));
    }
}
