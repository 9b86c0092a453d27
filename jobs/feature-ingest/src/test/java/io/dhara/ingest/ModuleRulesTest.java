package io.dhara.ingest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What a message means is decided without Flink, Kafka or a store at hand. */
@AnalyzeClasses(packages = "io.dhara.ingest", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleRulesTest {
    @ArchTest
    static final ArchRule DOMAIN_IS_PURE =
            noClasses()
                    .that()
                    .resideInAPackage("io.dhara.ingest.domain")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..");
}
