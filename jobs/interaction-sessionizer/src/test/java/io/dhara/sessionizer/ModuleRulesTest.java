package io.dhara.sessionizer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.UserEvent;

/** What an event means and when a session closes is decided without Flink, Kafka or a store. */
@AnalyzeClasses(
        packages = "io.dhara.sessionizer",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleRulesTest {
    @ArchTest
    static final ArchRule READING_IS_PURE =
            noClasses()
                    .that()
                    .resideInAPackage("io.dhara.sessionizer.event")
                    .and()
                    .doNotBelongToAnyOf(UserEvent.class, ReadRecord.class)
                    .and()
                    .haveNameNotMatching(".*(Serializer|Format).*")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule SESSIONS_ARE_PURE =
            noClasses()
                    .that()
                    .resideInAPackage("io.dhara.sessionizer.session")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..");
}
