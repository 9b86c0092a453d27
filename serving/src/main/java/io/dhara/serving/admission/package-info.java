/** Who gets in: calls are refused at the door before queues grow. */
@NullMarked
package io.dhara.serving.admission;

import org.jspecify.annotations.NullMarked;
