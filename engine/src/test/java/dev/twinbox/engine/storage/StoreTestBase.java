package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What all parts of the contract need: an account, a store on it, and words for what is done to it. */
abstract class StoreTestBase {
    static final long VALIDITY = 1_795_303_655;
    static final long DATE = 1_704_103_205;
    static final MailboxName WORK = MailboxName.parse("Work", '/');
    static final MailboxGuid WORK_GUID = boxGuid(1);

    private StoreFixture fixture;
    private MailStore store;

    /** An empty account, which nobody else uses. */
    protected abstract StoreFixture newFixture() throws IOException;

    @BeforeEach
    final void setUp() throws IOException {
        fixture = newFixture();
        store = fixture.open();
    }

    @AfterEach
    final void tearDown() throws IOException {
        store.close();
        fixture.checkClean();
        fixture.close();
    }

    final StoreFixture fixture() {
        return fixture;
    }

    final MailStore store() {
        return store;
    }

    /** What a later run of the program would see. */
    final MailStore reopen() throws IOException {
        store.flush();
        store.close();
        store = fixture.open();
        return store;
    }

    static MailboxGuid boxGuid(long number) {
        return new MailboxGuid(0x57fc_e92e_e728_026bL, number);
    }

    static MailGuid guid(String text) {
        return new MailGuid(text + ".M1P77.alpha");
    }

    static MailboxName name(String text) {
        return MailboxName.parse(text, '/');
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static MailBody body(byte[] bytes) {
        return () -> new ByteArrayInputStream(bytes);
    }

    static byte[] mail(String subject) {
        return text("From: made-up@example.org\nSubject: " + subject + "\n\nText of " + subject + "\n");
    }

    final void create(MailboxName mailbox, MailboxGuid guid) throws IOException {
        store.apply(new TreeChange.Create(mailbox, guid, VALIDITY));
    }

    /** Opens the mailbox that most tests are about, empty. */
    final Mailbox work() throws IOException {
        create(WORK, WORK_GUID);
        return store.open(WORK);
    }

    static void stage(Staging staging, MailGuid guid, byte[] bytes) throws IOException {
        stage(staging, guid, bytes, DATE);
    }

    static void stage(Staging staging, MailGuid guid, byte[] bytes, long received) throws IOException {
        assertEquals(bytes.length, staging.save(guid, body(bytes), received, Pop3.NONE));
        assertTrue(staging.has(guid));
    }

    final void done(Staging staging, MailboxSnapshot basis, MailboxPlan plan) throws IOException {
        assertEquals(Staging.Result.DONE, staging.commit(basis, plan));
        store().flush();
    }

    /** The received date a plan gives to the mail that is saved under a GUID. A staged mail has the same, or none. */
    static long plannedDate(MailboxPlan plan, MailGuid guid) {
        for (MailboxPlan.Step step : plan.steps()) {
            if (step instanceof MailboxPlan.Save save
                    && save.guid().equals(guid)
                    && save.received() != MailboxSnapshot.RECEIVED_UNKNOWN) {
                return save.received();
            }
        }
        return DATE;
    }

    /** Adds mails called m{@code first} and so on with those UIDs, by a store of its own. */
    final void deliver(MailboxName mailbox, long first, long last) throws IOException {
        try (MailStore other = fixture.open();
                Mailbox box = other.open(mailbox);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            PlanBuilder plan = new PlanBuilder(basis.status());
            for (long uid = first; uid <= last; uid++) {
                MailGuid guid = guid("m" + uid);
                stage(staging, guid, mail("m" + uid), DATE + uid);
                plan.save(uid, guid, Values.of(basis.status().highestModSeq() + 1, DATE + uid));
            }
            done(staging, basis, plan.build());
            other.flush();
        }
    }

    final Optional<MailboxNode> node(MailboxName mailbox) throws IOException {
        MailboxTree tree = store.tree();
        return tree.find(mailbox);
    }

    final boolean isMailbox(MailboxName mailbox) throws IOException {
        return node(mailbox).map(MailboxNode::isMailbox).orElse(false);
    }

    final boolean isSubscribed(MailboxName mailbox) throws IOException {
        return node(mailbox).map(MailboxNode::subscribed).orElse(false);
    }
}
