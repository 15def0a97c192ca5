package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/**
 * Where an account lies and how it is laid out: the parts of {@code mail_location = maildir:PATH:KEY=VALUE…}
 * (2.3) or {@code mail_driver}, {@code mail_path}, {@code mailbox_list_layout}, … (2.4).
 *
 * @param format what its mailboxes are
 * @param root the mail root; with Maildir++ it is INBOX itself
 * @param layout how folders become directories
 * @param control where {@code dovecot-uidlist}, {@code dovecot-keywords} and {@code subscriptions} lie (CONTROL=), or
 *     null for in the mail tree
 * @param index where {@code dovecot.index*} lie (INDEX=), or null for in the mail tree
 * @param inbox where INBOX lies if not in its usual place (INBOX=), or null
 * @param directoryName name of the directory below a folder that holds the mails (DIRNAME=), or null for none
 * @param utf8 folder names are UTF-8 on disk, not modified UTF-7
 * @param separator the visible hierarchy separator
 * @param attributes the {@link FileDict} of METADATA entries ({@code mail_attribute_dict = file:PATH}), or null for none
 * @param alt where mails that are seldom read were moved to (ALT=), or null for nowhere
 * @param prefix the levels that all names but INBOX have before them where users see them (a namespace's prefix), or null
 *     for none
 */
public record AccountLocation(
        Format format,
        DiskPath root,
        Layout layout,
        @Nullable DiskPath control,
        @Nullable DiskPath index,
        @Nullable DiskPath inbox,
        @Nullable String directoryName,
        boolean utf8,
        char separator,
        @Nullable DiskPath attributes,
        @Nullable DiskPath alt,
        @Nullable MailboxName prefix) {
    /** Of Maildirs, without METADATA entries. */
    public AccountLocation(
            DiskPath root,
            Layout layout,
            @Nullable DiskPath control,
            @Nullable DiskPath index,
            @Nullable DiskPath inbox,
            @Nullable String directoryName,
            boolean utf8,
            char separator) {
        this(Format.MAILDIR, root, layout, control, index, inbox, directoryName, utf8, separator, null, null, null);
    }

    /** The same with METADATA entries in that file. */
    public AccountLocation withAttributes(@Nullable DiskPath file) {
        return new AccountLocation(
                format, root, layout, control, index, inbox, directoryName, utf8, separator, file, alt, prefix);
    }

    /** The same as one of several namespaces. */
    public AccountLocation withPrefix(@Nullable MailboxName levels) {
        return new AccountLocation(
                format, root, layout, control, index, inbox, directoryName, utf8, separator, attributes, alt, levels);
    }

    /** A name as users see it, and as the server writes it into its log. */
    MailboxName visible(MailboxName name) {
        return name.inNamespace(prefix);
    }

    /** What mailboxes are; Dovecot's {@code mail_driver}. */
    public enum Format {
        /** Folders of files. */
        MAILDIR(null, null, Layout.MAILDIR_PLUS_PLUS, '.'),
        /** One file per mail; flags are in the index only. */
        SDBOX("mailboxes", "dbox-Mails", Layout.FS, '/'),
        /** Many mails per file, all mailboxes' in one place; flags are in the index only. */
        MDBOX("mailboxes", "dbox-Mails", Layout.FS, '/'),
        /** One file per mailbox. */
        MBOX(null, null, Layout.FS, '/');

        private final @Nullable String mailboxesFolder;
        private final @Nullable String directoryName;
        private final Layout layout;
        private final char separator;

        Format(@Nullable String mailboxesFolder, @Nullable String directoryName, Layout layout, char separator) {
            this.mailboxesFolder = mailboxesFolder;
            this.directoryName = directoryName;
            this.layout = layout;
            this.separator = separator;
        }

        /** The folder of a root in which the top names lie; null if that is the root itself. */
        public @Nullable String mailboxesFolder() {
            return mailboxesFolder;
        }

        /** DIRNAME= if it is not said. */
        public @Nullable String directoryName() {
            return directoryName;
        }

        /** LAYOUT= if it is not said. */
        public Layout layout() {
            return layout;
        }

        /** The hierarchy separator where the server's settings do not say. */
        public char separator() {
            return separator;
        }
    }

    /** How folder names become directories. */
    public enum Layout {
        /** {@code .Work.Sub} beside each other in the root. */
        MAILDIR_PLUS_PLUS,
        /** {@code Work/Sub} nested. */
        FS,
        /** Each mailbox in a directory called as its GUID; {@code dovecot.list.index} knows the names. */
        INDEX;

        /** Between the levels of names with {@link #INDEX} if nothing else is said. */
        public static final char INDEX_SEPARATOR = '/';
    }

    /** A Maildir++ account in one place. */
    public static AccountLocation of(DiskPath root) {
        return new AccountLocation(root, Layout.MAILDIR_PLUS_PLUS, null, null, null, null, false, '.');
    }

    /** An account of a format as it is if nothing but its root is said. */
    public static AccountLocation of(Format format, DiskPath root) {
        return new AccountLocation(
                format,
                root,
                format.layout(),
                null,
                null,
                null,
                format.directoryName(),
                false,
                format.separator(),
                null,
                null,
                null);
    }

    /** The same with {@code LAYOUT=index}. */
    public static AccountLocation listed(Format format, DiskPath root) {
        return new AccountLocation(
                format, root, Layout.INDEX, null, null, null, null, false, Layout.INDEX_SEPARATOR, null, null, null);
    }
}
