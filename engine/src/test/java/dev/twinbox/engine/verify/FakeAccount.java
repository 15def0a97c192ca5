package dev.twinbox.engine.verify;

import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An account of a few mails that can be read, with every value settable. */
final class FakeAccount implements MailStore {
    private final Map<MailboxName, FakeBox> boxes = new TreeMap<>();
    private final Map<MailboxName, MailboxNode> nodes = new TreeMap<>();

    /** A mail; a null text cannot be read. */
    record FakeMail(
            long uid,
            String guid,
            int flags,
            String keywords,
            long received,
            @Nullable String text) {
        static FakeMail of(long uid, String guid) {
            return new FakeMail(uid, guid, 0, "", 1000 + uid, "text of " + guid);
        }

        FakeMail flags(int bits) {
            return new FakeMail(uid, guid, bits, keywords, received, text);
        }

        FakeMail keywords(String names) {
            return new FakeMail(uid, guid, flags, names, received, text);
        }

        FakeMail received(long at) {
            return new FakeMail(uid, guid, flags, keywords, at, text);
        }

        FakeMail text(@Nullable String content) {
            return new FakeMail(uid, guid, flags, keywords, received, content);
        }
    }

    /** Adds a mailbox. */
    FakeAccount box(String name, MailboxStatus status, FakeMail... mails) {
        MailboxName key = MailboxName.parse(name, '/');
        boxes.put(key, new FakeBox(key, status, List.of(mails)));
        return node(name, Existence.EXISTS, status.guid(), false);
    }

    /** Adds a mailbox with the usual numbers. */
    FakeAccount box(String name, FakeMail... mails) {
        return box(name, status(mails.length), mails);
    }

    /** Adds a name alone. */
    FakeAccount node(String name, Existence existence, @Nullable MailboxGuid guid, boolean subscribed) {
        MailboxName key = MailboxName.parse(name, '/');
        nodes.put(key, new MailboxNode(key, existence, guid, 7, 100, 0, subscribed, 0));
        return this;
    }

    static MailboxStatus status(int messages) {
        return new MailboxStatus(new MailboxGuid(1, 2), 7, 100, messages, 1, 9, false);
    }

    @Override
    public String describe() {
        return "fake";
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, false, '/', true);
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public MailboxTree tree() {
        return new MailboxTree(nodes.values(), MailboxDeletes.NONE);
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        FakeBox box = boxes.get(name);
        if (box == null) {
            throw new MailboxGoneException("no mailbox " + name);
        }
        return box;
    }

    @Override
    public void apply(TreeChange change) {
        throw new UnsupportedOperationException("read only");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    /** A mailbox; the last mail's text may be anything. */
    private static final class FakeBox implements Mailbox {
        private final MailboxName name;
        private final MailboxStatus status;
        private final List<FakeMail> mails;

        FakeBox(MailboxName name, MailboxStatus status, List<FakeMail> mails) {
            this.name = name;
            this.status = status;
            this.mails = new ArrayList<>(mails);
        }

        @Override
        public MailboxName name() {
            return name;
        }

        @Override
        public MailboxStatus status() {
            return status;
        }

        @Override
        public MailboxSnapshot snapshot() {
            MailboxSnapshot.Builder builder = new MailboxSnapshot.Builder();
            for (FakeMail mail : mails) {
                Keywords keywords = mail.keywords().isEmpty()
                        ? Keywords.NONE
                        : Keywords.of(Arrays.asList(mail.keywords().split(" ", -1)));
                builder.add(
                        mail.uid(), new MailGuid(mail.guid()), new Flags(mail.flags()), keywords, 1, mail.received());
            }
            return builder.build(status, "version");
        }

        @Override
        public boolean changedSince(MailboxSnapshot snapshot) {
            return false;
        }

        @Override
        public MailBody body(Uid uid) {
            return () -> {
                for (FakeMail mail : mails) {
                    String text = mail.text();
                    if (mail.uid() == uid.value() && text != null) {
                        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
                    }
                }
                throw new BodyGoneException("gone");
            };
        }

        @Override
        public long received(Uid uid) {
            throw new UnsupportedOperationException("the snapshot says");
        }

        @Override
        public long virtualSize(Uid uid) {
            throw new UnsupportedOperationException("not asked");
        }

        @Override
        public Pop3 pop3(Uid uid) {
            return Pop3.NONE;
        }

        @Override
        public Staging stage() {
            throw new UnsupportedOperationException("read only");
        }

        @Override
        public void close() {}
    }
}
