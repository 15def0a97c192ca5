package dev.twinbox.transport.doveadm;

/** Why a server does not do what is asked. */
public enum Refusal {
    /** The user name or password is wrong, or there is none. As doveadm ends. */
    LOGIN("", 75, "the login failed"),
    /** The certificate that was shown is not known there. Never of a Dovecot. */
    UNTRUSTED("UNTRUSTED", 77, "it does not know the certificate of this machine"),
    NOUSER("NOUSER", 67, "it knows no such user"),
    NOPERM("NOPERM", 77, "that is not allowed"),
    TEMPFAIL("TEMPFAIL", 75, "it cannot do it now; its log says why"),
    USAGE("USAGE", 64, "it does not understand the arguments"),
    DATAERR("DATAERR", 65, "the data is not usable"),
    NOTFOUND("NOTFOUND", 68, "something was not found"),
    PROTOCOL("PROTOCOL", 76, "the versions do not fit"),
    /** No reason is given: the command is not known there, or failed. */
    UNNAMED("", 75, "it does not know the command, or it failed; its log says more");

    private final String word;
    private final int exitStatus;
    private final String meaning;

    Refusal(String word, int exitStatus, String meaning) {
        this.word = word;
        this.exitStatus = exitStatus;
        this.meaning = meaning;
    }

    /** What follows the minus. */
    String word() {
        return word;
    }

    /** With what a command ends that meets it. */
    public int exitStatus() {
        return exitStatus;
    }

    /** For people. */
    String meaning() {
        return meaning;
    }

    /** What a server means by a word after the minus. */
    static Refusal of(String word) {
        for (Refusal refusal : values()) {
            if (!refusal.word.isEmpty() && refusal.word.equals(word)) {
                return refusal;
            }
        }
        return UNNAMED;
    }
}
