package dev.twinbox.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.cli.exit.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VariablesTest {
    private static final User ALICE = new User("Alice@Example.org", "/home/alice");

    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "%u, Alice@Example.org",
        "/v/%d/%n/x, /v/Example.org/Alice/x",
        "%h/Maildir, /home/alice/Maildir",
        "100%%, 100%",
        "%%u, %u",
        "%Lu, alice@example.org",
        "%Ud, EXAMPLE.ORG",
        "%{user}, Alice@Example.org",
        "%{user|username}, Alice",
        "%{user | domain | lower}, example.org",
        "%{username}-%{domain}, Alice-Example.org",
        "%{home}/m, /home/alice/m",
        "%{ user }, Alice@Example.org"
    })
    void replacesBothSpellings(String text, String expected) throws Refusal {
        assertEquals(expected, Variables.expand(text, ALICE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%x", "%{", "%{user", "%{nosuch}", "%{user|nosuch}", "50% off", "%L"})
    void refusesWhatItDoesNotKnow(String text) {
        assertEquals(
                78,
                assertThrows(Refusal.class, () -> Variables.expand(text, ALICE)).exitCode());
    }

    @Test
    void aUserWithoutDomainHasAnEmptyOne() throws Refusal {
        assertEquals("bob//bob", Variables.expand("%n/%d/%u", new User("bob", null)));
    }

    @Test
    void anUnknownHomeMattersOnlyWhereItIsNeeded() {
        assertEquals(
                67,
                assertThrows(Refusal.class, () -> Variables.expand("%h", new User("bob", null)))
                        .exitCode());
    }
}
