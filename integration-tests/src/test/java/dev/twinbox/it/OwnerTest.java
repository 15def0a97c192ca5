package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Started as root: mail of others is only touched as its owner. */
class OwnerTest extends TwinboxTest {
    @BeforeEach
    void onlyRootCanBecomeSomebodyElse() {
        assumeTrue(Sandbox.isRoot(), "needs root");
    }

    private Set<String> ownersBelow(Object directory) {
        Ran find = sandbox.asMyself("find", directory.toString(), "-printf", "%u\\n");
        return find.lines().stream().filter(line -> !line.isEmpty()).collect(Collectors.toSet());
    }

    @Test
    void mailOfSomebodyElseIsMirroredAsThatUser() {
        Account source = filled("source", 5);
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.runAsMyself("backup", "--from", source.location(), replica.location())
                .mustEndWith(0);
        assertEquals(Set.of(sandbox.owner()), ownersBelow(replica.home()));
        mustBeTheSame(source, replica, "started as root");
    }

    @Test
    void aDestinationTheOwnerCannotWriteToIsRefusedEvenForRoot() {
        Account source = filled("source", 2);
        sandbox.asMyself("mkdir", "-m", "755", sandbox.path("rootly").toString())
                .mustEndWith(0);
        twinbox.runAsMyself("backup", "--from", source.location(), "maildir:" + sandbox.path("rootly/replica"))
                .mustEndWithOneOf(75, 77);
    }

    @Test
    void mailThatRootOwnsIsMirroredByRoot() {
        Account source = sample("source");
        sandbox.asMyself("chown", "-R", "root", source.home().toString()).mustEndWith(0);
        Object destination = sandbox.path("of-root");
        sandbox.asMyself("mkdir", destination.toString()).mustEndWith(0);
        twinbox.runAsMyself("backup", "--from", source.location(), "maildir:" + destination + "/Maildir")
                .mustEndWith(0);
        assertEquals(Set.of("root"), ownersBelow(destination));
        twinbox.runAsMyself("verify", "--from", source.location(), "maildir:" + destination + "/Maildir")
                .mustEndWith(0);
    }
}
