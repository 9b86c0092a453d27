package io.dhara.realtime.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.realtime.domain.definition.FeatureDefinitions;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectCheckTest {

    @Test
    void select_plainDerivedAndFiltered_isGood() throws Exception {
        assertThat(
                        problems(
                                "SELECT event_time, user_id, (`at` - opened) / 1000.0 AS seconds,"
                                        + " CAST(`shop.floor` AS TINYINT) AS storey FROM orders"
                                        + " WHERE kind = 'a';",
                                "user_id: string, seconds: double, storey: int64"))
                .isEmpty();
    }

    @Test
    void select_intervalJoinLookbackAndWindow_areGood() throws Exception {
        assertThat(
                        problems(
                                """
                                SELECT o.user_id, c.item, o.event_time
                                FROM orders o JOIN clicks c ON o.user_id = c.user_id
                                AND c.event_time BETWEEN o.event_time - INTERVAL '10' MINUTE AND o.event_time
                                """,
                                "user_id: string, item: int64"))
                .isEmpty();
        assertThat(
                        problems(
                                """
                                SELECT o.user_id, c.item, CAST(o.event_time AS TIMESTAMP_LTZ(3)) AS event_time
                                FROM (SELECT user_id, CAST(event_time AS TIMESTAMP_LTZ(3)) AS event_time FROM orders) o
                                JOIN (SELECT user_id, item FROM clicks) c ON o.user_id = c.user_id
                                """,
                                "user_id: string, item: int64"))
                .isEmpty();
        assertThat(
                        problems(
                                """
                                SELECT user_id, COUNT(*) AS n, window_time AS event_time
                                FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(event_time), INTERVAL '1' MINUTE))
                                GROUP BY user_id, window_start, window_end, window_time
                                """,
                                "user_id: string, n: int64"))
                .isEmpty();
    }

    @Test
    void select_everyWrongColumn_isNamedWithItsRemedy() throws Exception {
        assertThat(
                        problems(
                                "SELECT user_id, `at` AS item, kind AS n, opened AS extra,"
                                        + " CAST(event_time AS STRING) AS event_time FROM orders",
                                "user_id: int64, item: string, n: double, missing: string"))
                .containsExactly(
                        "f.yaml: group user/g: column user_id is declared int64, but the select"
                                + " gives STRING: declare another type, or CAST(user_id AS BIGINT)",
                        "f.yaml: group user/g: column item is declared string, but the select gives"
                                + " BIGINT: declare another type, or CAST(item AS STRING)",
                        "f.yaml: group user/g: column n is declared double, but the select gives"
                                + " STRING: declare another type, or CAST(n AS DOUBLE)",
                        "f.yaml: group user/g: the select does not give column missing, it gives"
                                + " [user_id, item, n, extra, event_time]: name it by AS, or take"
                                + " it out of columns",
                        "f.yaml: group user/g: the select gives column extra (BIGINT), which is not"
                                + " under columns: list it, or do not select it",
                        "f.yaml: group user/g: event_time must be a TIMESTAMP_LTZ, but the select"
                                + " gives STRING: select event_time of a source, or CAST a time AS"
                                + " TIMESTAMP_LTZ(3) and name it so");
    }

    @Test
    void select_withoutTime_saysHowToGetOne() throws Exception {
        assertThat(
                        problems(
                                "SELECT user_id FROM (SELECT user_id, event_time FROM orders)",
                                "user_id: string"))
                .singleElement()
                .asString()
                .contains("the select does not give event_time: select event_time of a source");
    }

    @Test
    void select_thatChangesRows_isRefusedWithRemedy() throws Exception {
        for (String select :
                List.of(
                        "SELECT user_id, COUNT(*) AS n, MAX(CAST(event_time AS TIMESTAMP_LTZ(3)))"
                                + " AS event_time FROM orders GROUP BY user_id",
                        "SELECT o.user_id, c.item AS n, o.event_time FROM (SELECT user_id,"
                                + " CAST(event_time AS TIMESTAMP_LTZ(3)) AS event_time FROM orders)"
                                + " o LEFT JOIN (SELECT user_id, item FROM clicks) c ON o.user_id ="
                                + " c.user_id")) {
            assertThat(problems(select, "user_id: string, n: int64"))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "f.yaml: group user/g: the select must only ever add rows, but its ")
                    .contains("features", "TUMBLE");
        }
    }

    @Test
    void select_noSql_saysWhere() throws Exception {
        assertThat(problems("SELECT user_id, event_time FORM orders", "user_id: string"))
                .singleElement()
                .asString()
                .startsWith("f.yaml: group user/g: the select is not valid: SQL parse failed")
                .contains("line 1")
                .doesNotContain("Was expecting");
        assertThat(problems("SELECT user_id, at AS n, event_time FROM orders", "n: int64"))
                .singleElement()
                .asString()
                .contains("Encountered \"at\" at line 1, column 17")
                .endsWith("(a name that is a word of SQL stands in backticks: `at`)");
        assertThat(problems("SELECT nobody, event_time FROM orders", "nobody: string"))
                .singleElement()
                .asString()
                .contains("Column 'nobody' not found");
        assertThat(problems("SELECT user_id, event_time FROM nowhere", "user_id: string"))
                .singleElement()
                .asString()
                .contains("Object 'nowhere' not found");
        assertThat(problems("DROP TABLE event_time", "user_id: string"))
                .singleElement()
                .asString()
                .contains("not valid");
    }

    @Test
    void problems_ofSeveralGroups_areAllReported() throws Exception {
        String text =
                definition("SELECT a, event_time FROM orders", "a: string")
                        + group("h", "SELECT b, event_time FROM orders", "b: string");
        assertThat(SelectCheck.problems("f.yaml", FeatureDefinitions.read("f.yaml", text)))
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("f.yaml: group user/g: "),
                        two -> assertThat(two).startsWith("f.yaml: group user/h: "));
    }

    private static List<String> problems(String select, String columns) throws Exception {
        return SelectCheck.problems(
                "f.yaml", FeatureDefinitions.read("f.yaml", definition(select, columns)));
    }

    static String definition(String select, String columns) {
        return """
                name: selects
                sources:
                  orders:
                    topic: shop.orders
                    format: json
                    event-time: at
                    fields: {user_id: string, kind: string, at: int64, opened: int64, shop.floor: int64}
                  clicks:
                    topic: shop.clicks
                    format: json
                    fields: {user_id: string, item: int64}
                groups:
                """
                + group("g", select, columns);
    }

    private static String group(String name, String select, String columns) {
        return """
                  - entity: user
                    group: %s
                    select: |
                %s
                    columns: {%s}
                    key: [%s]
                    features:
                      - {name: n_1m, aggregate: count, windows: [1 min]}
                """
                .formatted(
                        name,
                        select.strip().indent(6).stripTrailing(),
                        columns,
                        columns.substring(0, columns.indexOf(':')));
    }
}
