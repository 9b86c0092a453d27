/** Following the invalidation topic, so that caches are told and not guessed. */
@NullMarked
package io.dhara.serving.invalidation;

import org.jspecify.annotations.NullMarked;
