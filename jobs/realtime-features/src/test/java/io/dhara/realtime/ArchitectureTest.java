package io.dhara.realtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void domain_knowsNoFlinkAndNoWireForms() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.flink..", "io.dhara.flink..", "io.dhara.proto..")
                .check(
                        new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("io.dhara.realtime.domain"));
    }

    @Test
    void tilesAndAggregates_knowNoDefinitions() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..definition..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.dhara.realtime.domain.definition..")
                .check(
                        new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("io.dhara.realtime.domain"));
    }
}
