package dev.twinbox.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The program under test and the sample account, ready to be used by the mail user. Done once: started by whoever runs the
 * tests, so that it is built and has its archive of classes; and copied to where the mail user can read it, if the source
 * tree is closed to him.
 */
final class Installation {
    private static final Installation INSTANCE = prepare();

    private final Path root;
    private final Path program;

    private Installation(Path root, Path program) {
        this.root = root;
        this.program = program;
    }

    static Installation get() {
        return INSTANCE;
    }

    /** Has {@code docs/examples/Maildir} below it. */
    Path root() {
        return root;
    }

    Path program() {
        return program;
    }

    private static Installation prepare() {
        Path tree = findTree();
        String given = System.getenv("TWINBOX_BIN");
        Path program = given != null ? Path.of(given) : tree.resolve("bin/twinbox");
        if (!Files.isExecutable(program)) {
            throw new AssertionError(program + " is missing");
        }
        Map<String, String> environment = new TreeMap<>(System.getenv());
        Shell.run(tree, environment, new byte[0], List.of(program.toString(), "--version"))
                .mustEndWith(0);
        Path root = readable(tree);
        return new Installation(root, given != null ? program : root.resolve("bin/twinbox"));
    }

    private static Path findTree() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/examples/Maildir"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new AssertionError("run the tests inside the source tree");
            }
            directory = parent;
        }
        return directory;
    }

    private static Path readable(Path tree) {
        try (Sandbox probe = Sandbox.create()) {
            boolean open = probe.asUser(
                                            "test",
                                            "-r",
                                            tree.resolve("docs/examples/Maildir/cur")
                                                    .toString())
                                    .exit()
                            == 0
                    && probe.asUser("test", "-x", tree.resolve("bin/twinbox").toString())
                                    .exit()
                            == 0;
            if (open) {
                return tree;
            }
            Sandbox copy = Sandbox.create();
            Runtime.getRuntime().addShutdownHook(new Thread(copy::close));
            String copying = "cd \"$1\"; umask 022; mkdir -p \"$2\"/cli/target \"$2\"/docs; cp -R bin pom.xml \"$2\";"
                    + " cp cli/pom.xml \"$2\"/cli; cp -Rp cli/target/twinbox \"$2\"/cli/target;"
                    + " cp -R docs/examples \"$2\"/docs; touch \"$2\"/cli/target/twinbox/built; chmod -R a+rX \"$2\"";
            copy.asMyself(
                            "sh",
                            "-euc",
                            copying,
                            "sh",
                            tree.toString(),
                            copy.root().toString())
                    .mustEndWith(0);
            return copy.root();
        }
    }
}
