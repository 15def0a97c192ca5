package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a responder plans is at the initiator what it was. */
class PlanWireTest {
    private static final MailboxName NAME = MailboxName.parse("Work/Sub", '/');
    private static final MailboxGuid IDENTITY = new MailboxGuid(3, 4);
    private static final MailGuid GUID = new MailGuid("a mail");
    private static final Flags FLAGS = new Flags(Flags.SEEN);
    private static final Keywords KEYWORDS = Keywords.of(List.of("$Tag"));
    private static final long UNKNOWN = MailboxSnapshot.RECEIVED_UNKNOWN;

    @Test
    void stepsComeAsTheyWerePlanned() {
        for (Step step : List.of(
                new Expunge(1, GUID, "gone"),
                new Update(2, FLAGS, KEYWORDS, 0, UNKNOWN, true, "flags"),
                new Update(2, FLAGS, KEYWORDS, 0, UNKNOWN, false, "modseq"),
                new Renumber(3, 4, FLAGS, KEYWORDS, 0, UNKNOWN, "number"),
                new Copy(5, 6, FLAGS, KEYWORDS, 0, UNKNOWN, "copy"),
                new Save(4_294_967_295L, GUID, FLAGS, KEYWORDS, 0, UNKNOWN, "new"))) {
            assertEquals(step, PlanHearer.step(PlanTeller.item(NAME, step)));
            assertNull(PlanHearer.change(PlanTeller.item(NAME, step)));
        }
    }

    @Test
    void changesOfTheTreeComeAsTheyWerePlanned() {
        for (TreeChange change : List.of(
                new TreeChange.Create(NAME, IDENTITY, 4_294_967_295L),
                new TreeChange.CreateFolder(NAME),
                new TreeChange.Rename(NAME, MailboxName.INBOX),
                new TreeChange.Delete(NAME, IDENTITY),
                new TreeChange.DeleteFolder(NAME),
                new TreeChange.SetGuid(NAME, IDENTITY),
                new TreeChange.Subscribe(NAME, 0),
                new TreeChange.Unsubscribe(NAME, 0))) {
            assertEquals(change, PlanHearer.change(PlanTeller.item(change)));
            assertNull(PlanHearer.step(PlanTeller.item(change)));
        }
    }
}
