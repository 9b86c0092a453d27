package io.dhara.core.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotValidatorTest {

    private static String violations(Map<String, String> files) {
        return SnapshotValidator.check(Examples.parsed(files)).stream()
                .map(SchemaViolation::text)
                .toList()
                .toString();
    }

    @Test
    void examples_breakNoRule() {
        assertThat(SnapshotValidator.check(Examples.snapshot())).isEmpty();
    }

    /** 9 + 3 * 2 + 1000 + 8 + 16 bytes: one segment is enough only without the prefixes. */
    @Test
    void b3_stringsThatFillTheSegmentWithoutTheirLengths_areRefused() {
        assertThat(
                        violations(
                                Examples.edited(
                                        "user.yaml", "string-length: 32", "string-length: 990")))
                .contains(
                        "segments of group user/profile hold 1024 bytes (1 of 1024), its longest"
                                + " block has 1029; give it [seg_1, seg_3]");
        assertThat(
                        violations(
                                Examples.edited(
                                        "user.yaml", "string-length: 32", "string-length: 985")))
                .isEqualTo("[]");
    }

    @Test
    void b3_blockOver65535Bytes_isRefused() {
        assertThat(
                        violations(
                                Examples.edited(
                                        "product.yaml",
                                        "vector-length: 32",
                                        "vector-length: 32768")))
                .contains("can have 65545 bytes, at most 65535 fit a value; split the group");
    }

    @Test
    void b15_twoEntitiesOnOneTable_areRefusedForBoth() {
        Map<String, String> files =
                Examples.edited("stores.yaml", "table: product_features", "table: USER_features");
        files.put("stores.yaml", files.get("stores.yaml").replace("[product_id]", "[user_id]"));
        files.put(
                "product.yaml",
                files.get("product.yaml").replace("column: product_id", "column: user_id"));

        assertThat(violations(files))
                .contains("groups user/lifetime and product/popularity both use column seg_0")
                .contains("groups product/popularity and user/lifetime both use column seg_0");
    }

    @Test
    void b54_featureLabelsThatFoldAlike_areRefused() {
        assertThat(violations(Examples.edited("user.yaml", "name: has_app", "name: Is_Prime")))
                .contains(
                        "feature labels of version 1 of group flags differ only in case or dashes,"
                                + " which the peer cannot tell apart: is_prime, Is_Prime");
    }

    @Test
    void b54_entityLabelsThatFoldAlike_areRefused() {
        assertThat(violations(Examples.edited("product.yaml", "entity: product", "entity: U-ser")))
                .contains("entity labels differ only in case or dashes")
                .contains("U-ser, user");
    }

    @Test
    void b54_callerIdsThatFoldAlike_areRefused() {
        assertThat(
                        violations(
                                Examples.edited(
                                        "security.yaml", "demo: demo", "demo: a\n  De-mo: b")))
                .contains("caller ids differ only in case or dashes");
    }

    @Test
    void labels_withSeparators_areRefused() {
        assertThat(
                        violations(
                                Examples.edited(
                                        "user.yaml", "name: views_total", "name: 'views,total'")))
                .contains("feature label of version 1 of group lifetime must not hold / , | @ :");
        assertThat(violations(Examples.edited("user.yaml", "name: views_total", "name: views@1")))
                .contains("got views@1");
    }

    @Test
    void table_notACqlName_isRefused() {
        assertThat(
                        violations(
                                Examples.edited(
                                        "stores.yaml", "user_features", "user_features;drop")))
                .contains("table of store 1 must be a CQL name");
    }

    @Test
    void allocate_openSegments_numbersOverTheEntity() {
        Map<String, String> files = Examples.edited("user.yaml", "    segments: [seg_1]\n", "");
        files.put(
                "user.yaml",
                files.get("user.yaml").replace("string-length: 32", "string-length: 2000"));
        SchemaSnapshot desired = Examples.parsed(files);

        SchemaSnapshot fresh = SegmentAllocator.complete(SchemaSnapshot.EMPTY, desired);
        SchemaSnapshot grown = SegmentAllocator.complete(Examples.snapshot(), desired);

        assertThat(fresh.entities().get("user").groups().get("profile").columns())
                .containsExactly("seg_3", "seg_4");
        assertThat(grown.entities().get("user").groups().get("profile").columns())
                .containsExactly("seg_1", "seg_3");
        assertThat(SnapshotValidator.check(grown)).isEmpty();
    }
}
