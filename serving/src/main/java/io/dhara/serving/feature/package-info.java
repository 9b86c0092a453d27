/**
 * The feature read path: a request becomes a {@code ReadPlan} against one schema snapshot, its keys
 * are looked up in the cache and the stores, and the answer's bytes are built straight from block
 * bytes.
 */
@NullMarked
package io.dhara.serving.feature;

import org.jspecify.annotations.NullMarked;
