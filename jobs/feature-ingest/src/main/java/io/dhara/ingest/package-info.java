/** The feature-ingest job: feature messages from Kafka, written as blocks to the stores. */
@NullMarked
package io.dhara.ingest;

import org.jspecify.annotations.NullMarked;
