/** Load that does not wait for what it loads. */
@NullMarked
package io.dhara.localstack.load;

import org.jspecify.annotations.NullMarked;
