package io.dhara.stores.scylla;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadShapeTest {
    @Test
    void cql_severalGroupsAndKeys_selectsSegmentsWithWriteTimes() {
        ReadShape shape =
                new ReadShape(
                        "user",
                        List.of("uid", "ctry"),
                        List.of(List.of("seg_10", "seg_2"), List.of("seg_0")));
        assertThat(shape.cql("onfs"))
                .isEqualTo(
                        "SELECT seg_10,WRITETIME(seg_10),seg_2,WRITETIME(seg_2),seg_0,WRITETIME(seg_0)"
                                + " FROM onfs.user WHERE uid=? AND ctry=?");
    }

    @Test
    void cql_namesThatAreNotPlain_areQuoted() {
        ReadShape shape = new ReadShape("My-Table\"x", List.of("Key"), List.of(List.of("token")));
        assertThat(shape.cql("ks"))
                .isEqualTo(
                        "SELECT \"token\",WRITETIME(\"token\") FROM ks.\"My-Table\"\"x\" WHERE"
                                + " key=?");
    }
}
