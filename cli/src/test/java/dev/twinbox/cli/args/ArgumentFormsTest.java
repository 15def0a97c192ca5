package dev.twinbox.cli.args;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.cli.exit.Refusal;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dates and sizes; what Dovecot 2.3.19 takes of them was tried out with the real one. */
final class ArgumentFormsTest {
    private static final long NOW = 1_700_000_000;
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "2024-01-05, 1704409200",
        "2024-07-05, 1720130400",
        "5-Jan-2024, 1704409200",
        "05-jan-2024, 1704409200",
        "05-Jan-2024 10:00:00 +0100, 1704445200",
        "' 5-Jan-2024 10:00:00 -0530', 1704468600",
        "0, 0",
        "1704409200, 1704409200",
        "7 days, 1699395200",
        "7days, 1699395200",
        "1 weeks, 1699395200",
        "1week, 1699395200",
        "1w, 1699395200",
        "2 hours, 1699992800",
        "1 mins, 1699999940",
        "5s, 1699999995",
        "10 se, 1699999990",
        "7 DA, 1699395200",
        "2 w, 1698790400",
        "5 minu, 1699999700",
        "1000000 weeks, 0"
    })
    void readsEveryFormOfATime(String text, long expected) throws Refusal {
        assertEquals(expected, DateArgument.parse("-t", text, NOW, ZONE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "yesterday",
                "2024-1-5",
                "2024-02-31",
                "31-Feb-2024",
                "5-Foo-2024",
                "2024-01-05 10:00",
                "2024-01-05T10:00:00Z",
                "-5 days",
                "5 days ago",
                " 5 days",
                "3 months",
                "3 wk",
                "1.5 days",
                "500 ms",
                "7 days ",
                "99999999999999999999",
                "05-Jan-2024 25:00:00 +0000",
                "05-Jan-2024 10:00:00 +9900",
                "05-Jan-2024 10:00:00",
                "1-1-2024",
                "٣ days"
            })
    void refusesWhatIsNoTime(String text) {
        assertEquals(
                75,
                assertThrows(Refusal.class, () -> DateArgument.parse("-t", text, NOW, ZONE))
                        .exitCode());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "10, 10",
        "10B, 10",
        "10k, 10240",
        "10K, 10240",
        "10kb, 10240",
        "10 KiB, 10240",
        "1M, 1048576",
        "1G, 1073741824",
        "10Ki, 10240",
        "10b, 10",
        "2T, 2199023255552"
    })
    void readsEveryFormOfASize(String text, long expected) throws Refusal {
        assertEquals(expected, SizeArgument.parse("-I", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "K",
                "abc",
                "-1",
                "10%",
                "10X",
                "10BB",
                "10KX",
                "10KK",
                "10P",
                "+1",
                " 10",
                "unlimited",
                "9999999T",
                "99999999999999999999",
                "1.5M"
            })
    void refusesWhatIsNoSize(String text) {
        assertEquals(
                75,
                assertThrows(Refusal.class, () -> SizeArgument.parse("-I", text))
                        .exitCode());
    }
}
