package io.dhara.serving.feature;

/** Whose rules a read follows where the two APIs differ. */
enum Dialect {
    /** {@code retrieve.FeatureService}, as BharatMLStack's clients know it. */
    COMPATIBLE,
    /** {@code dhara.v1.Features}: pinned versions, cells of one width per column. */
    DHARA
}
