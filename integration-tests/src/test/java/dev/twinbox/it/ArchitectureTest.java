package dev.twinbox.it;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;

/** The fences between modules and packages, as docs/ARCHITECTURE.md draws them. Think before loosening one. */
@Tag("F301")
@AnalyzeClasses(packages = "dev.twinbox", importOptions = ArchitectureTest.ProductOnly.class)
class ArchitectureTest {
    /** Tests of other modules reach this one as a jar. */
    static final class ProductOnly implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    /** What protoc makes of our messages. */
    private static final String GENERATED = "dev.twinbox.protocol.wire.proto..";

    private static final String[] PURE = {
        "dev.twinbox.protocol.item..",
        "dev.twinbox.protocol.dialogue..",
        "dev.twinbox.protocol.wire.twin..",
        "dev.twinbox.engine.tree..",
        "dev.twinbox.engine.merge..",
        "dev.twinbox.engine.state.."
    };

    /** The exceptions of java.nio.file travel everywhere; what opens files does not. */
    private static final DescribedPredicate<JavaClass> FILE_ACCESS = resideInAPackage("java.nio.file..")
            .and(not(assignableTo(Throwable.class)))
            .or(resideInAPackage("java.nio.channels..").and(DescribedPredicate.describe("files", c -> c.getSimpleName()
                    .startsWith("File"))))
            .or(resideInAPackage("java.io").and(DescribedPredicate.describe("java.io.File*", c -> c.getSimpleName()
                    .matches("(RandomAccess)?File(?!NotFound).*"))));

    private static final Set<String> CLOCKS = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.time.Instant.now",
            "java.time.LocalDate.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone");

    @ArchTest
    static final ArchRule protocolKnowsNobody = noClasses()
            .that()
            .resideInAPackage("dev.twinbox.protocol..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.twinbox.engine..", "dev.twinbox.transport..", "dev.twinbox.cli..");

    @ArchTest
    static final ArchRule engineKnowsProtocolOnly = noClasses()
            .that()
            .resideInAPackage("dev.twinbox.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.twinbox.transport..",
                    "dev.twinbox.cli..",
                    "io.netty..",
                    "com.google.protobuf..",
                    "com.fasterxml..");

    /** The real disk names files by URI, byte for byte, and signs locks with the host's name. */
    @ArchTest
    static final ArchRule engineSeesNoNetwork = noClasses()
            .that()
            .resideInAPackage("dev.twinbox.engine..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("java.net..").and(not(DescribedPredicate.describe("URI, InetAddress", c -> List.of(
                                    "URI", "InetAddress", "UnknownHostException")
                            .contains(c.getSimpleName())))));

    @ArchTest
    static final ArchRule transportKnowsProtocolOnly = noClasses()
            .that()
            .resideInAPackage("dev.twinbox.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.twinbox.engine..", "dev.twinbox.cli..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nettyStaysBelowTheLink = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.twinbox.transport.net..", "dev.twinbox.transport.tls..", "dev.twinbox.transport.doveadm..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule bouncyCastleStaysInTls = noClasses()
            .that()
            .resideOutsideOfPackage("dev.twinbox.transport.tls..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule protocolBuffersStayInTheWire = noClasses()
            .that()
            .resideOutsideOfPackages("dev.twinbox.protocol.wire.twin..", GENERATED)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.protobuf..", GENERATED);

    @ArchTest
    static final ArchRule filesAreTouchedInDiskOnly = noClasses()
            .that()
            .resideOutsideOfPackage("dev.twinbox.engine.disk..")
            .should()
            .dependOnClassesThat(FILE_ACCESS);

    @ArchTest
    static final ArchRule pureDecisionsSeeNoDiskThreadOrClock = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .and()
            .doNotHaveSimpleName("StateFile")
            .should()
            .dependOnClassesThat(FILE_ACCESS
                    .or(resideInAnyPackage(
                            "dev.twinbox.engine.disk..",
                            "dev.twinbox.engine.run..",
                            "java.util.concurrent..",
                            "java.net.."))
                    .or(assignableTo(Thread.class))
                    .or(assignableTo(java.time.Clock.class)))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule storagesDoNotKnowOneAnother = slices().matching("dev.twinbox.engine.storage.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(alwaysTrue(), resideInAPackage("dev.twinbox.engine.storage.account.."))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule timeIsReadInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("dev.twinbox.engine.run..")
            .should()
            .accessTargetWhere(DescribedPredicate.describe(
                    "reads a clock",
                    (JavaAccess<?> access) -> CLOCKS.contains(access.getTargetOwner()
                                    .getFullName() + "." + access.getTarget().getName())));

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("dev.twinbox.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule everyPackageSaysWhatItIsForAndIsNullMarked = classes()
            .that(not(resideInAnyPackage("dev.twinbox.it..", GENERATED)))
            .should(new ArchCondition<>("live in a @NullMarked package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " of " + type.getName()));
                }
            });

    @ArchTest
    static final ArchRule nobodyPrintsOrEndsTheProcessButTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackage("dev.twinbox.cli..")
            .should()
            .accessTargetWhere(DescribedPredicate.describe(
                    "prints or exits",
                    (JavaAccess<?> access) -> access.getTargetOwner().isEquivalentTo(System.class)
                            && List.of("out", "err", "exit")
                                    .contains(access.getTarget().getName())));
}
