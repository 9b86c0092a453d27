package io.dhara.flink.table;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The table is columns and options; messages and Kafka are the feature sink's. */
@AnalyzeClasses(
        packages = "io.dhara.flink.table",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleRulesTest {
    @ArchTest
    static final ArchRule TABLE_KNOWS_NO_WIRE =
            noClasses()
                    .that()
                    .resideInAPackage("io.dhara.flink.table")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.kafka..",
                            "org.apache.flink.connector.kafka..",
                            "io.dhara.proto..");
}
