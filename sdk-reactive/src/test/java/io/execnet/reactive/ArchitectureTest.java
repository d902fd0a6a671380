package io.execnet.reactive;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies point down: reactive, transport, core. */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.execnet");

  @Test
  void coreKnowsTheJdkAlone() {
    classes()
        .that()
        .resideInAPackage("io.execnet.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.execnet.core..", "java..", "org.jspecify.annotations")
        .check(CLASSES);
  }

  @Test
  void coreHasNoThreadsAndNoIo() {
    noClasses()
        .that()
        .resideInAnyPackage("io.execnet.core.protocol..", "io.execnet.core.spec..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..", "java.net..", "java.nio.channels..", "java.util.concurrent..")
        .check(CLASSES);
  }

  @Test
  void transportsKnowNeitherFramesNorValuesNorUsers() {
    noClasses()
        .that()
        .resideInAPackage("io.execnet.transport..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.execnet.reactive..", "io.execnet.core.protocol..", "io.execnet.core.value..")
        .check(CLASSES);
  }

  @Test
  void onlyTransportsKnowNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.execnet.transport..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..", "reactor.netty..")
        .check(CLASSES);
  }

  @Test
  void onlyOneClassNeedsJackson() {
    onlyOneNeeds("JacksonBinding", "tools.jackson..");
  }

  @Test
  void onlyOneClassNeedsMicrometer() {
    onlyOneNeeds("GatewayMeters", "io.micrometer..");
  }

  private static void onlyOneNeeds(String name, String packages) {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\." + name + "(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(packages)
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.execnet.(*).(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
