package dev.twinbox.cli.convert;

import dev.twinbox.engine.storage.account.AccountLocation.Format;
import java.util.ArrayList;
import java.util.List;

/** What a format cannot hold of what another one can (storage formats, section 0). Pure. */
public final class FormatLosses {
    private FormatLosses() {}

    /** In words for the administrator; empty if nothing is lost. */
    public static List<String> between(Format from, Format to) {
        List<String> losses = new ArrayList<>();
        if (to == Format.MBOX && from != Format.MBOX) {
            losses.add("an mbox keeps no mail GUIDs: each mail gets one that is made of its header");
            losses.add("an mbox keeps no POP3 UIDLs of its own");
            losses.add("an mbox cannot have mailboxes below it: a mailbox with others below it is left out and named");
            losses.add(
                    "an mbox changes mails a little: header lines that it uses itself (Status, X-UID, Content-Length and"
                            + " the like) are dropped, and a line that ends in CR alone gets an LF");
        }
        return List.copyOf(losses);
    }
}
