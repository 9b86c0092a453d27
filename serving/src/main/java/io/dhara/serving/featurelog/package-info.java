/** What was served, sampled and written to Kafka, so that training sees what serving saw. */
@NullMarked
package io.dhara.serving.featurelog;

import org.jspecify.annotations.NullMarked;
