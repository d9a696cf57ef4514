package dev.tidemark.tools;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What may know what. It stands in this module because this one sees the others: {@code engine <-
 * storage <- replication <- tools}.
 */
class ArchitectureTest {
  private static final String[] ENGINE = {"dev.tidemark.engine..", "dev.tidemark.error.."};
  private static final String[] STORAGE = {
    "dev.tidemark",
    "dev.tidemark.codec..",
    "dev.tidemark.event..",
    "dev.tidemark.storage..",
    "dev.tidemark.type.."
  };
  private static final String STATE = "dev.tidemark.storage.state..";
  private static final String REPLICATION = "dev.tidemark.replication..";
  private static final String TOOLS = "dev.tidemark.tools..";

  private static final String CHRONICLE = "net.openhft..";
  private static final String POSIX = "net.openhft.posix..";
  private static final String ZSTD = "com.github.luben..";
  private static final String ROCKSDB = "org.rocksdb..";

  private static final Set<String> CLOCKS_AND_DICE =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.Math.random",
          "java.time.Instant.now",
          "java.util.UUID.randomUUID");

  private static final JavaClasses PROJECT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.tidemark");

  @Test
  void everyModuleDependsOnlyOnTheOnesBelowIt() {
    check(
        layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("engine")
            .definedBy(ENGINE)
            .layer("storage")
            .definedBy(STORAGE)
            .layer("replication")
            .definedBy(REPLICATION)
            .layer("tools")
            .definedBy(TOOLS)
            .whereLayer("engine")
            .mayNotAccessAnyLayer()
            .whereLayer("storage")
            .mayOnlyAccessLayers("engine")
            .whereLayer("replication")
            .mayOnlyAccessLayers("engine", "storage")
            .whereLayer("tools")
            .mayOnlyAccessLayers("engine", "storage", "replication"));
  }

  @Test
  void everyClassBelongsToAModuleThisTestKnows() {
    check(
        classes()
            .should()
            .resideInAnyPackage(
                Stream.of(ENGINE, STORAGE, new String[] {REPLICATION, TOOLS})
                    .flatMap(Arrays::stream)
                    .toArray(String[]::new)));
  }

  @Test
  void packagesFormNoCycles() {
    check(slices().matching("dev.tidemark.(**)").should().beFreeOfCycles());
  }

  @Test
  void engineDependsOnNothingButTheJdk() {
    check(
        classes()
            .that()
            .resideInAnyPackage(ENGINE)
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(ENGINE)
                    .or(resideInAnyPackage("java..", "org.jspecify.."))
                    .or(describe("primitive", type -> type.getBaseComponentType().isPrimitive()))));
  }

  @Test
  void engineKnowsNoFilesAndNoNetwork() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(ENGINE)
            .should()
            .dependOnClassesThat(
                belongToAnyOf(
                        File.class,
                        FileDescriptor.class,
                        FileInputStream.class,
                        FileOutputStream.class,
                        FileReader.class,
                        FileWriter.class,
                        RandomAccessFile.class)
                    .or(
                        resideInAnyPackage(
                            "java.net..", "java.nio.channels..", "java.nio.file.."))));
  }

  @Test
  void engineStartsNoThreads() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(ENGINE)
            .should()
            .dependOnClassesThat(
                belongToAnyOf(Thread.class, ThreadLocal.class).or(assignableTo(Executor.class))));
  }

  @Test
  void engineIsGivenTimeAndChanceAsArguments() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(ENGINE)
            .should()
            .dependOnClassesThat(
                belongToAnyOf(
                    Random.class,
                    SecureRandom.class,
                    SplittableRandom.class,
                    ThreadLocalRandom.class,
                    Clock.class))
            .orShould()
            .callCodeUnitWhere(
                target(describe("reads a clock or rolls dice", ArchitectureTest::isClockOrDice))));
  }

  /** The log's medium can be replaced, and its traps stay known, as long as one class wraps it. */
  @Test
  void oneClassAtMostKnowsChronicle() {
    assertThat(users(resideInAPackage(CHRONICLE).and(not(resideInAPackage(POSIX)))))
        .hasSizeLessThanOrEqualTo(1)
        .allMatch(name -> name.startsWith("dev.tidemark.storage."));
  }

  /** The same of Chronicle's way past the JDK, by which the log takes room on the disk. */
  @Test
  void oneClassAtMostCallsTheSystem() {
    assertThat(users(resideInAPackage(POSIX)))
        .hasSizeLessThanOrEqualTo(1)
        .allMatch(name -> name.startsWith("dev.tidemark.storage.file."));
  }

  /** Its errors are exceptions of its own, and some of them are no errors to us. */
  @Test
  void oneClassAtMostKnowsZstd() {
    assertThat(users(resideInAPackage(ZSTD)))
        .hasSizeLessThanOrEqualTo(1)
        .allMatch(name -> name.startsWith("dev.tidemark.storage.blob."));
  }

  /** A native handle used after its close ends the process, so handles do not leave one package. */
  @Test
  void onlyTheStatePackageKnowsRocksDb() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(STATE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROCKSDB));
  }

  @Test
  void replicationAndToolsReachTheDiskOnlyThroughStorage() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(REPLICATION, TOOLS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CHRONICLE, ROCKSDB));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(PROJECT);
  }

  private static boolean isClockOrDice(CodeUnitCallTarget call) {
    return CLOCKS_AND_DICE.contains(call.getOwner().getName() + "." + call.getName());
  }

  private static Set<String> users(DescribedPredicate<JavaClass> library) {
    return PROJECT.stream()
        .filter(
            type ->
                type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(dependency -> library.test(dependency.getTargetClass())))
        .map(ArchitectureTest::topLevelName)
        .collect(Collectors.toSet());
  }

  /** A lambda's or nested class's file counts as the source file it comes from. */
  private static String topLevelName(JavaClass type) {
    String name = type.getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }
}
