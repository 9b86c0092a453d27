package io.dhara.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses SERVING =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.dhara.serving");

    @Test
    void serving_dependsOnNoWriterJobOrFlink() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.dhara.stores.write..",
                        "io.dhara.flink..",
                        "io.dhara.ingest..",
                        "org.apache.flink..")
                .check(SERVING);
    }

    @Test
    void readPath_knowsNeitherKafkaNorNetty() {
        noClasses()
                .that()
                .resideInAPackage("io.dhara.serving.feature..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..", "io.netty..", "io.dhara.serving.persist..")
                .check(SERVING);
    }

    @Test
    void kafkaProducer_isUsedByPersistAndFeatureLogOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.dhara.serving.persist..", "io.dhara.serving.featurelog..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka.clients.producer..")
                .check(SERVING);
    }
}
