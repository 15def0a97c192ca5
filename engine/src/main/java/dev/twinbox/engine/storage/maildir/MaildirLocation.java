package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskPath;
import org.jspecify.annotations.Nullable;

/**
 * Where a Maildir account lies and how it is laid out: the parts of {@code mail_location = maildir:PATH:KEY=VALUE…}
 * (2.3) or {@code mail_path}, {@code mailbox_list_layout}, … (2.4).
 *
 * @param root the mail root; with Maildir++ it is INBOX itself
 * @param layout how folders become directories
 * @param control where {@code dovecot-uidlist}, {@code dovecot-keywords} and {@code subscriptions} lie (CONTROL=), or
 *     null for in the mail tree
 * @param index where {@code dovecot.index*} lie (INDEX=), or null for in the mail tree
 * @param inbox where INBOX lies if not in its usual place (INBOX=), or null
 * @param directoryName name of the directory below a folder that holds cur, new and tmp (DIRNAME=), or null for none
 * @param utf8 folder names are UTF-8 on disk, not modified UTF-7
 * @param separator the visible hierarchy separator
 * @param attributes the {@link FileDict} of METADATA entries ({@code mail_attribute_dict = file:PATH}), or null for none
 */
public record MaildirLocation(
        DiskPath root,
        Layout layout,
        @Nullable DiskPath control,
        @Nullable DiskPath index,
        @Nullable DiskPath inbox,
        @Nullable String directoryName,
        boolean utf8,
        char separator,
        @Nullable DiskPath attributes) {
    /** Without METADATA entries. */
    public MaildirLocation(
            DiskPath root,
            Layout layout,
            @Nullable DiskPath control,
            @Nullable DiskPath index,
            @Nullable DiskPath inbox,
            @Nullable String directoryName,
            boolean utf8,
            char separator) {
        this(root, layout, control, index, inbox, directoryName, utf8, separator, null);
    }

    /** The same with METADATA entries in that file. */
    public MaildirLocation withAttributes(@Nullable DiskPath file) {
        return new MaildirLocation(root, layout, control, index, inbox, directoryName, utf8, separator, file);
    }

    /** How folder names become directories. */
    public enum Layout {
        /** {@code .Work.Sub} beside each other in the root. */
        MAILDIR_PLUS_PLUS,
        /** {@code Work/Sub} nested. */
        FS
    }

    /** A Maildir++ account in one place. */
    public static MaildirLocation of(DiskPath root) {
        return new MaildirLocation(root, Layout.MAILDIR_PLUS_PLUS, null, null, null, null, false, '.');
    }
}
