package dev.twinbox.engine.sim;

import dev.twinbox.engine.sim.Operation.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes histories out of numbers. It remembers roughly what there is, so that most operations can be done. */
public final class HistoryMaker {
    private static final String[] FOLDERS = {"Work", "Work/Sub", "A", "B", "A/A", "Work/Sub/Deep"};
    private static final String[] WORDS = {"\\Seen", "\\Flagged", "\\Answered", "work", "later"};
    private static final long[] SKEWS = {-86_400, 86_400, -30, 30, 3600};
    private static final int OPERATIONS_MAX = 5;
    private static final int ROUNDS_MAX = 3;
    private static final int ITEMS_MAX = 60;

    private final SplittableRandom random;
    private final List<Operation> operations = new ArrayList<>();
    private final List<String> folders = new ArrayList<>(List.of("INBOX"));

    /** Mail and folder, one after the other. */
    private final List<String[]> mails = new ArrayList<>();

    private int nextMail = 1;

    private HistoryMaker(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** The history of a number: always the same. */
    public static History make(long seed) {
        HistoryMaker maker = new HistoryMaker(seed);
        maker.life();
        return new History(maker.operations);
    }

    private void life() {
        boolean skewed = random.nextInt(20) == 0;
        boolean disturbed = random.nextInt(4) == 0;
        if (skewed) {
            Side side = side();
            operations.add(new Operation.Skew(side, SKEWS[random.nextInt(SKEWS.length)]));
        }
        if (random.nextBoolean()) {
            beginning();
        }
        for (int round = 1 + random.nextInt(ROUNDS_MAX); round > 0; round--) {
            for (int n = 1 + random.nextInt(2 * OPERATIONS_MAX); n > 0; n--) {
                operations.add(any(side()));
            }
            if (disturbed) {
                disturb();
            }
            operations.add(
                    new Operation.Sync(random.nextInt(4) == 0, random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0));
        }
    }

    /** Something both sides have. */
    private void beginning() {
        Side side = side();
        for (int n = random.nextInt(3); n > 0; n--) {
            operations.add(create(side));
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            operations.add(deliver(side));
        }
        operations.add(new Operation.Sync(false, 0));
    }

    private void disturb() {
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            Side side = side();
            int item = 1 + random.nextInt(ITEMS_MAX);
            if (random.nextInt(3) == 0) {
                operations.add(new Operation.During(new Operation.Cut(side), item));
            } else if (any(side) instanceof Operation.At what) {
                operations.add(new Operation.During(what, item));
            }
        }
    }

    private Side side() {
        return random.nextBoolean() ? Side.LEFT : Side.RIGHT;
    }

    private Operation any(Side side) {
        int dice = random.nextInt(100);
        if (dice < 22 || mails.isEmpty()) {
            return dice < 70 ? deliver(side) : tree(side, dice);
        }
        if (dice < 70) {
            String[] mail = mails.get(random.nextInt(mails.size()));
            return mail(side, dice, mail[0], mail[1]);
        }
        return dice < 98 ? tree(side, dice) : new Operation.Tick(random.nextInt(3));
    }

    private Operation deliver(Side side) {
        boolean old = nextMail > 1 && random.nextInt(20) == 0;
        String mail = "m" + (old ? 1 + random.nextInt(nextMail - 1) : nextMail++);
        String folder = folder();
        mails.add(new String[] {mail, folder});
        return new Operation.Deliver(side, mail, folder);
    }

    private Operation mail(Side side, int dice, String mail, String folder) {
        if (dice < 45) {
            String word = WORDS[random.nextInt(WORDS.length)];
            return new Operation.Mark(side, mail, folder, word, random.nextInt(3) > 0);
        }
        if (dice < 54) {
            return new Operation.Expunge(side, mail, folder);
        }
        String to = folder();
        mails.add(new String[] {mail, to});
        return new Operation.Transfer(side, mail, folder, to, dice < 63);
    }

    private String folder() {
        return folders.get(random.nextInt(folders.size()));
    }

    private Operation create(Side side) {
        String name = FOLDERS[random.nextInt(FOLDERS.length)];
        if (!folders.contains(name)) {
            folders.add(name);
        }
        return new Operation.Create(side, name);
    }

    private Operation tree(Side side, int dice) {
        if (dice < 80 || folders.size() == 1) {
            return create(side);
        }
        String folder = folders.get(1 + random.nextInt(folders.size() - 1));
        String other = FOLDERS[random.nextInt(FOLDERS.length)];
        if (dice < 87) {
            for (String[] mail : List.copyOf(mails)) {
                if (mail[1].equals(folder)) {
                    mails.add(new String[] {mail[0], other});
                }
            }
            if (!folders.contains(other)) {
                folders.add(other);
            }
            return new Operation.Rename(side, folder, other);
        }
        if (dice < 92) {
            return new Operation.Delete(side, folder);
        }
        return new Operation.Subscribe(side, random.nextBoolean() ? folder : other, random.nextInt(3) > 0);
    }
}
