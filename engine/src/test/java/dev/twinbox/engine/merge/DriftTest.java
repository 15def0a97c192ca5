package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.engine.merge.MailboxMerge.Mode;
import dev.twinbox.engine.merge.MailboxMerge.Note;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One-way syncs into a mailbox that gets mails of its own: UIDs differ, and more and more of them. */
class DriftTest {
    private static final int ROUNDS = 20;

    private final Replica source = new Replica();
    private final Replica destination = new Replica();

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"INITIATOR_TO_RESPONDER", "RESPONDER_TO_INITIATOR"})
    void growthIsToldWithTheAdviceToRunBackup(Mode mode) {
        for (int i = 1; i <= 5; i++) {
            source.deliver("m" + i);
        }
        assertEquals(List.of(), advice(sync(mode)));
        for (int round = 1; round <= ROUNDS; round++) {
            source.deliver("here" + round);
            destination.deliver("there" + round);
            List<Note> notes = advice(sync(mode));
            if (round == 1) {
                assertEquals(List.of(), notes);
                continue;
            }
            assertEquals(1, notes.size(), "round " + round);
            assertEquals(mode == Mode.RESPONDER_TO_INITIATOR, notes.get(0).initiator());
            String text = notes.get(0).text();
            assertTrue(text.startsWith(round + " mails have other UIDs than at the source, 1 more"), text);
            assertTrue(text.contains("run backup"), text);
        }
        assertEquals(List.of(), advice(sync(mode)));
        source.deliver("alone");
        assertEquals(1, advice(sync(mode)).size());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatStaysInStepIsNotWarnedOf(Mode mode) {
        for (int round = 1; round <= ROUNDS; round++) {
            source.deliver("m" + round);
            assertEquals(List.of(), sync(mode));
        }
    }

    private static List<Note> advice(List<Note> notes) {
        return notes.stream().filter(note -> note.text().contains("backup")).toList();
    }

    /** From the source into the destination, whichever of them is the initiator. */
    private List<Note> sync(Mode mode) {
        boolean swapped = mode == Mode.RESPONDER_TO_INITIATOR;
        Replica initiator = swapped ? destination : source;
        Replica responder = swapped ? source : destination;
        Replica[] before = {initiator.copy(), responder.copy()};
        MailboxMerge.Result result = MailboxMerge.merge(
                initiator.input(true), responder.input(true), mode, Common.NONE, row -> true, row -> true);
        if (mode != Mode.INITIATOR_TO_RESPONDER) {
            initiator.apply(result.initiatorPlan(), before[1]);
        }
        if (mode != Mode.RESPONDER_TO_INITIATOR) {
            responder.apply(result.responderPlan(), before[0]);
        }
        return result.notes();
    }
}
