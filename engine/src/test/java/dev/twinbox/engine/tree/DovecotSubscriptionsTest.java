package dev.twinbox.engine.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.engine.tree.TreeMerge.Mode;
import dev.twinbox.engine.tree.TreeMerge.Result;
import dev.twinbox.engine.tree.TreeMerge.Side;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both have a subscribed mailbox; what a real Dovecot did when one side renamed it was looked at. Side 1 is the Dovecot. */
@Tag("F130")
class DovecotSubscriptionsTest {
    private static final MailboxName WORK = TreeWorld.name("Work");
    private static final MailboxName LISTS = TreeWorld.name("Lists");

    private final TreeWorld world = new TreeWorld(0);

    @BeforeEach
    void bothHaveIt() throws IOException {
        for (int side = 0; side < 2; side++) {
            world.user(side, new Create(WORK, TreeWorld.guid(2), TreeWorld.VALIDITY));
            world.user(side, new Subscribe(WORK, 100));
        }
    }

    private void rename(int side) throws IOException {
        world.user(side, new Rename(WORK, LISTS));
    }

    /** As a client that renames a subscribed mailbox does. */
    private void renameWithSubscription(int side) throws IOException {
        rename(side);
        world.user(side, new Unsubscribe(WORK, 200));
        world.user(side, new Subscribe(LISTS, 200));
    }

    private DovecotSubscriptions foretold(Mode mode) {
        MailboxTree own = world.ends.get(0).store.tree();
        MailboxTree other = world.ends.get(1).store.tree();
        Result merged = TreeMerge.merge(new Side(own, Set.of()), new Side(other, Set.of()), mode);
        return DovecotSubscriptions.of(own, merged.initiator(), other, merged.responder());
    }

    @Test
    void withoutARenameThereIsNothingToSay() {
        assertEquals(DovecotSubscriptions.NOTHING, foretold(Mode.TWO_WAY));
    }

    @Test
    void aDovecotThatRenamedItSubscribesTheNewNameAndIsFollowed() throws IOException {
        rename(1);
        DovecotSubscriptions found = foretold(Mode.TWO_WAY);
        assertEquals(
                List.of(LISTS), found.follow().stream().map(TreeChange::name).toList());
        assertEquals(List.of(), found.unsettled());
    }

    @Test
    void aDovecotThatRenamedItWithItsSubscriptionIsUnderstood() throws IOException {
        renameWithSubscription(1);
        assertEquals(DovecotSubscriptions.NOTHING, foretold(Mode.TWO_WAY));
    }

    @Test
    void aDovecotThatHasToRenameItLeavesTheOldNameSubscribed() throws IOException {
        renameWithSubscription(0);
        for (Mode mode : List.of(Mode.TWO_WAY, Mode.INITIATOR_TO_RESPONDER)) {
            DovecotSubscriptions found = foretold(mode);
            assertEquals(List.of(), found.follow());
            assertEquals(List.of(LISTS, WORK), found.unsettled());
        }
    }

    @Test
    void aDovecotThatHasToRenameItAloneChangesNoSubscription() throws IOException {
        rename(0);
        assertEquals(DovecotSubscriptions.NOTHING, foretold(Mode.TWO_WAY));
    }
}
