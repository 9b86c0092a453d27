package io.dhara.serving.invalidation;

/** Why invalidations may have been missed. */
enum Gap {
    STARTED("following starts at the end of the topic"),
    SILENCE("no proof within the longest silence that the end of the topic is reached"),
    OUT_OF_RANGE("the next offset is no longer in the topic"),
    MISSING_OFFSETS("offsets are missing between two records"),
    NEW_PARTITIONS("the topic has new partitions"),
    UNREADABLE("a record is no Invalidation");

    private final String text;

    Gap(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
