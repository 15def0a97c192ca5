package dev.twinbox.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Measures whole commands of the benchmark, run as the mail user. */
final class Stopwatch {
    /** One measured run. */
    record Sample(double wall, double cpu, long rssKb, String out) {}

    /** The words before a command that says at the end what it took. */
    static final List<String> TIMED = List.of("/usr/bin/time", "-q", "-f", "measured %U %S %M");

    private final Sandbox sandbox;

    Stopwatch(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    Sample measure(List<String> command) {
        List<String> timed = new ArrayList<>(TIMED);
        timed.addAll(command);
        long start = System.nanoTime();
        Ran ran = Shell.run(sandbox.root(), environment(), new byte[0], timed).mustEndWith(0);
        double wall = (System.nanoTime() - start) / 1e9;
        return sample(wall, ran.err(), ran.out());
    }

    /** Of a command that was {@link #TIMED}. */
    static Sample sample(double wall, String err, String out) {
        String[] words = err.replaceFirst("(?s).*measured ", "").strip().split(" ");
        return new Sample(
                wall, Double.parseDouble(words[0]) + Double.parseDouble(words[1]), Long.parseLong(words[2]), out);
    }

    Map<String, String> environment() {
        Map<String, String> environment = sandbox.environment();
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("TWINBOX_")) {
                environment.put(name, value);
            }
        });
        environment.put("USER", "user");
        return environment;
    }

    /** What earlier runs left to write must not be paid by the next. */
    void settle() {
        sandbox.asMyself("sync").mustEndWith(0);
    }
}
