package dev.twinbox.transport.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.transport.doveadm.ClientFuzz;
import dev.twinbox.transport.doveadm.LoginFuzz;
import dev.twinbox.transport.dsync.CodecFuzz;
import dev.twinbox.transport.twin.TwinFuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs Jazzer, in a process of its own, on each of the targets, beginning with recorded conversations. {@code
 * TWINBOX_FUZZ_SECONDS} sets how long each; {@code TWINBOX_FUZZ_CORPUS} names a directory that keeps what was found to be worth
 * another try. What makes a target fail is printed as Base64 and belongs into a test of its own.
 */
class FuzzTest {
    private static final int SECONDS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_FUZZ_SECONDS", "3"));

    /** A conversation larger than this only makes the fuzzer slow. */
    private static final int SEED_BYTES_MAX = 16_384;

    private static final String MEMORY = "-Xmx256m";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(classes = {CodecFuzz.class, LoginFuzz.class, ClientFuzz.class, TwinFuzz.class})
    void noInputBreaksIt(Class<?> target) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                MEMORY,
                "-cp",
                classPath,
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=dev.twinbox.**",
                "--instrumentation_excludes=dev.twinbox.protocol.wire.proto.**", // generated: much, and not ours
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer", // Netty frightens it
                "--reproducer_path=" + directory,
                "-artifact_prefix=" + directory + "/",
                "-max_total_time=" + SECONDS,
                "-timeout=60")); // the first try loads and instruments all classes
        command.add(corpus(target).toString());
        command.add(seeds().toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = process.waitFor();
        assertEquals(0, exit, () -> String.join(" ", command) + "\n" + text(output));
    }

    private static String text(Path output) {
        try {
            return new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Where the fuzzer keeps its finds. */
    private Path corpus(Class<?> target) throws IOException {
        String kept = System.getenv("TWINBOX_FUZZ_CORPUS");
        Path parent = kept == null ? directory.resolve("corpus") : Path.of(kept).toAbsolutePath();
        return Files.createDirectories(parent.resolve(target.getSimpleName().toLowerCase(Locale.ROOT)));
    }

    /** The recorded conversations, from either side. */
    private Path seeds() throws IOException {
        Path seeds = Files.createDirectories(directory.resolve("seeds"));
        for (String folder : List.of("/dsync", "/doveadm")) {
            Path from = Path.of(Objects.requireNonNull(FuzzTest.class.getResource(folder), folder)
                    .getPath());
            try (var files = Files.list(from)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    if (Files.size(file) <= SEED_BYTES_MAX) {
                        Files.copy(file, seeds.resolve(from.getFileName() + "-" + file.getFileName()));
                    }
                }
            }
        }
        return seeds;
    }
}
