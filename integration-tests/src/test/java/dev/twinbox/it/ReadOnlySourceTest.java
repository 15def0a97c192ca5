package dev.twinbox.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A source is read and never written: not a byte, not a time, and it need not be writable at all. */
class ReadOnlySourceTest extends TwinboxTest {
    @Test
    @Tag("F111")
    void theSourceStaysAsItWasByteForByte() {
        Account source = Account.maildir(sandbox, "source");
        new RandomLife(3).live(source, 200);
        Account replica = Account.maildir(sandbox, "replica");
        FileTree before = FileTree.of(sandbox, source.home());
        twinbox.backup(source, replica).mustEndWith(0);
        twinbox.backup(source, replica, "-f").mustEndWith(0);
        twinbox.verify(source, replica).mustEndWith(0);
        twinbox.run("status", source.location()).mustEndWith(0);
        before.mustStillBe(FileTree.of(sandbox, source.home()), "backup, verify and status");
    }

    @Test
    @Tag("F111")
    @Tag("F023")
    void aSourceWithoutWritePermissionIsMirrored() {
        Account source = sample("source");
        AccountView expected = source.view();
        sandbox.shell("touch \"$1/dovecot-uidlist.lock\"; echo half > \"$1/tmp/1.half.mail\"", source.maildir());
        sandbox.shell("chmod -R a-w \"$1\"", source.maildir());
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWith(0);
        expected.mustEqual(replica.view().mustBeSilent(), "from files without write permission");
        for (String name : FileTree.of(sandbox, replica.home()).names()) {
            org.junit.jupiter.api.Assertions.assertFalse(name.endsWith(".lock") || name.contains("half"), name);
        }
    }

    @Test
    @Tag("F009")
    @Tag("F111")
    void aReadOnlyFileSystemIsMirrored() {
        assumeTrue(Sandbox.isRoot(), "needs root to mount");
        Account source = sample("source");
        Account mounted = Account.maildir(sandbox, "mounted");
        String from = source.home().toString();
        String at = mounted.home().toString();
        Ran mount = sandbox.asMyself("mount", "--bind", from, at);
        assumeTrue(mount.exit() == 0, () -> "no mounts here: " + mount.err());
        try {
            sandbox.asMyself("mount", "-o", "remount,ro,bind", at).mustEndWith(0);
            Account replica = Account.maildir(sandbox, "replica");
            twinbox.backup(mounted, replica).mustEndWith(0);
            mustBeTheSame(source, replica, "from a read-only file system");
            anotherRunWritesNothing(mounted, replica);
        } finally {
            sandbox.asMyself("umount", at).mustEndWith(0);
        }
    }
}
